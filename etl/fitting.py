"""One stratum from its rows to its curves: of all the clinic's courses together, and of each pathway by itself."""

from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

import settings
from etl.covariates import as_numbers, curve_covariates
from etl.definitions import Definitions, smallest_detectable_change
from etl.goals import goal_of
from etl.network_heard import network_sums
from etl.strata import EVERY_PATHWAY, Stratum
from scoring.recovery_basis import Scale as CurveScale
from scoring.recovery_courses import Courses, from_visits
from scoring.recovery_fit import Prior
from scoring.recovery_priors import PublishedCourse, literature_prior, parse_priors
from scoring.recovery_publish import Cells
from scoring.recovery_sources import Evidence
from scoring.recovery_stratum import StratumCurve
from scoring.recovery_stratum_fit import Question, fit_stratum, stratum_scale
from scoring.recovery_sums import CurveSums
from scoring.recovery_trust import Trust, parse_trust
from scoring.track_rules import TrackRules

# Finished courses that a pathway, and all others of the stratum together, must have: a difference of fewer is chance.
FEWEST_OF_A_PATHWAY = 20


class Fitted(NamedTuple):
    """A curve (None: no curve yet) and the sums it is made of."""

    curve: StratumCurve | None
    sums: CurveSums


class Training(NamedTuple):
    """The finished courses of a stratum side by side, and the pathway each of them began on ('': none)."""

    courses: Courses
    pathway: np.ndarray


@cache
def published_courses() -> dict[tuple[str, str, str, str], PublishedCourse]:
    return parse_priors((settings.CONTENT / "recovery" / "priors.toml").read_text())


def published_prior(stratum: Stratum, scale: CurveScale) -> Prior | None:
    """What a published course lets expect before any patient; None where there is none."""
    published = published_courses().get(stratum.published)
    return published and literature_prior(published, scale, trust(), len(curve_covariates()))


@cache
def trust_text() -> str:
    return (settings.CONTENT / "recovery" / "trust.toml").read_text()


@cache
def trust() -> Trust:
    return parse_trust(trust_text())


def visits_of(connection: DuckDBPyConnection, stratum: Stratum) -> pd.DataFrame:
    """One row per scored follow-up of a finished course: episode_id, pathway, clinic_code, day, baseline, score."""
    return connection.execute(
        """
        SELECT CAST(episode_id AS VARCHAR) AS episode_id, pathway, clinic_code, day, baseline, score
        FROM training
        WHERE (condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)
        ORDER BY episode_id, day
        """,
        stratum,
    ).df()


def training_of(visits: pd.DataFrame, covariates: pd.DataFrame) -> Training:
    """``covariates``: as many rows as visits."""
    patient, _ = pd.factorize(visits["episode_id"])
    first = ~visits["episode_id"].duplicated().to_numpy()
    day, score, baseline = (visits[name].to_numpy(float) for name in ("day", "score", "baseline"))
    courses = from_visits(patient, day, score, baseline[first], as_numbers(covariates[first]))
    return Training(courses, visits["pathway"].to_numpy(object)[first])


def scale_of(definitions: Definitions, stratum: Stratum) -> CurveScale:
    scale = definitions.instruments[stratum.instrument].scale(stratum.scale)
    published = published_courses().get(stratum.published)
    return stratum_scale(scale.range, scale.direction == "higher", stratum.index_kind, published)


def question_of(definitions: Definitions, stratum: Stratum, days: list[int], rules: TrackRules) -> Question:
    """What the stratum's curve is asked, by its instrument and the tenant's rules."""
    instrument = definitions.instruments[stratum.instrument]
    scale = instrument.scale(stratum.scale)
    goal = goal_of(instrument, scale, rules.goal_day(stratum.index_kind), stratum.condition)
    mdc = smallest_detectable_change(instrument, scale, stratum.condition) if rules.beyond_mdc else np.nan
    whole_numbers = float(scale.decimals == 0)
    return Question(scale_of(definitions, stratum), days, whole_numbers, goal, rules.goal_chance, mdc)


def fit_curves(stratum: Stratum, training: Training, asked: Question, network: Cells | None) -> dict[str, Fitted]:
    """
    The stratum's curves by pathway; under EVERY_PATHWAY the one of all courses together, which is always there.

    A pathway has one of its own from 20 finished courses on, if others of the stratum have as many; it starts from the
    others'. All other courses are judged by the common one.
    """
    others = network_sums(network, asked.scale, len(curve_covariates()))
    evidence = Evidence(trust(), others, published_courses().get(stratum.published))
    whole = Fitted(*fit_stratum(training.courses, asked, evidence))
    fitted = {EVERY_PATHWAY: whole}
    for pathway in own_curves(training.pathway) if whole.curve else []:
        mine = training.pathway == pathway
        siblings = replace(evidence, siblings=training.courses[~mine])
        fitted[pathway] = Fitted(*fit_stratum(training.courses[mine], asked, siblings, whole.curve))
    return fitted


def own_curves(pathway: np.ndarray) -> list[str]:
    """The pathways of n courses that have a curve of their own, sorted."""
    names, counts = np.unique(pathway.astype(str), return_counts=True)
    enough = (counts >= FEWEST_OF_A_PATHWAY) & (len(pathway) - counts >= FEWEST_OF_A_PATHWAY)
    return [str(name) for name in names[enough] if name != EVERY_PATHWAY]
