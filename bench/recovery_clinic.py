"""False alarms where they count: a simulated clinic through the code that judges open episodes, answer by answer."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import duckdb
import numpy as np
import pandas as pd

from bench.cohorts import LAST_DAY, Cohort, simulate
from bench.recovery_pooling import TRUST
from bench.recovery_scores import Result
from etl.covariates import as_numbers, covariate_names
from etl.expected import add_expected
from etl.rules import track_rules
from etl.strata import Stratum
from scoring.recovery_courses import Courses
from scoring.recovery_sources import Evidence
from scoring.recovery_stratum import StratumCurve
from scoring.recovery_stratum_fit import Question, fit_stratum, stratum_scale
from scoring.track import judge

STRATUM = Stratum("knee_replacement", "primary", "surgery", "simulated@1", "total")
SCALE = stratum_scale((0.0, 100.0), True, "surgery", None)
EPISODES, SEEDS = 600, range(1, 11)
SMALL = 95  # closed courses: too few to calibrate on, the curve itself is simulated
MDC = 15.0  # points of a hundred, about what is cited for knee scores; NaN: none is cited
CHOSEN = (0.05, 0.10, 0.20)
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
# visits, closed courses, MDC, and the points by which the share may lie below what was chosen
CLINICS = (
    (3, EPISODES, np.nan, 2.0),
    (8, EPISODES, np.nan, 2.0),
    (3, EPISODES, MDC, None),
    (8, EPISODES, MDC, None),
    (8, SMALL, np.nan, None),
)


@dataclass(frozen=True)
class Clinic:
    """
    Parameters
    ----------
    curve : fitted on the clinic's closed courses
    rows : one row per answer of its open episodes, as the ETL judges it the day it comes
    """

    curve: StratumCurve
    rows: pd.DataFrame


def results(folder: Path) -> list[Result]:
    lines = []
    for visits, closed, mdc, below in CLINICS:
        rates = 100 * np.array([ever_flagged(clinic(visits, seed, mdc, closed)) for seed in SEEDS])
        said = "" if np.isnan(mdc) else f", MDC {mdc:.0f}"
        for chosen, seen in zip(CHOSEN, rates.T, strict=True):
            what = f"Through the ETL, {visits} visits, {closed} closed{said}: ever flagged at {chosen:.0%} chosen, %"
            bar = None if below is None else 100 * chosen - below, 100 * chosen + 2.0
            lines.append(Result(what, seen.mean(), bar, f"seed SD {seen.std():.1f}", 1))
    return lines


def clinic(visits: int, seed: int, mdc: float, closed: int = EPISODES) -> Clinic:
    """600 closed episodes to fit, 600 open ones on track."""
    past, present = simulate(closed, visits, seed), simulate(EPISODES, visits, 1000 + seed)
    scheduled = [round(LAST_DAY * (visit + 1) / visits) for visit in range(visits)]
    curve, _ = fit_stratum(courses_of(past), Question(SCALE, scheduled, 1.0, None, 0.2, mdc), Evidence(TRUST))
    return Clinic(curve, answers(present, mdc))


def courses_of(cohort: Cohort) -> Courses:
    described = pd.DataFrame({name: np.nan for name in covariate_names().all}, index=range(len(cohort)))
    return Courses(cohort.baseline, as_numbers(described.assign(age=cohort.age)), cohort.day, cohort.score)


def answers(cohort: Cohort, mdc: float) -> pd.DataFrame:
    """What etl/sql/lake/course.sql says of each episode after each of its answers."""
    rows = []
    for patient in range(len(cohort)):
        answered = np.flatnonzero(~np.isnan(cohort.score[patient]))
        day, score = cohort.day[patient, answered], cohort.score[patient, answered]
        for last in range(len(answered)):
            rows.append((patient, cohort.age[patient], cohort.baseline[patient], day[last], score[last],
                         day[: last + 1], score[: last + 1]))  # fmt: skip
    columns = ["patient", "age", "baseline", "day", "score", "visit_days", "visit_scores"]
    return pd.DataFrame(rows, columns=columns).assign(
        **STRATUM._asdict(), pathway="", is_historical=False, is_open=True, mdc=mdc, higher_is_better=True,
        instrument_title="Simulated",
    )  # fmt: skip


def ever_flagged(one: Clinic) -> list[float]:
    """Share of the episodes with an answer that are off expected at any of them, by chosen rate."""
    return [float(off.groupby(one.rows["patient"]).any().mean()) for off in flags(one)]


def flags(one: Clinic) -> list[pd.Series]:
    """Of each row, whether it is off expected, by chosen rate."""
    found = []
    with duckdb.connect() as connection:
        rows = one.rows.assign(episode_id=put_into_lake(connection, one.rows))
        for chosen in CHOSEN:
            rules = replace(track_rules(), off_rate=chosen)
            judged = judge(add_expected(connection, rows, {(STRATUM, ""): one.curve}, {}, rules), rules, AS_OF)
            found.append(judged["reasons"].map(lambda reasons: "off_expected" in reasons))
    return found


def put_into_lake(connection: duckdb.DuckDBPyConnection, rows: pd.DataFrame) -> list[str]:
    """What the covariates are read from, for the episodes of the rows; returns the rows' episode ids."""
    ids = {patient: str(UUID(int=patient)) for patient in rows["patient"].unique()}
    patients = rows.drop_duplicates("patient")[["patient", "age"]].assign(id=list(ids.values()))
    connection.register("patients", patients)
    connection.execute(
        """
        CREATE SCHEMA lake;
        CREATE TABLE lake.episode AS
        SELECT CAST(id AS UUID) AS episode_id, patient AS patient_key, DATE '2026-01-01' AS index_date FROM patients;
        CREATE TABLE lake.patient AS
        SELECT patient AS patient_key, NULL::VARCHAR AS sex, NULL::VARCHAR AS age_band, NULL::INTEGER AS birth_year
        FROM patients;
        CREATE TABLE lake.covariate AS
        SELECT CAST(id AS UUID) AS episode_id, 'age' AS name, age AS number, NULL::VARCHAR AS text FROM patients
        """
    )
    return [ids[patient] for patient in rows["patient"]]
