"""Expected courses: one curve per stratum and scale, fitted on closed episodes, again only when those have changed."""

from datetime import datetime
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

import settings
from etl.carry import sql
from etl.covariates import as_numbers, covariate_names, covariates_of, curve_covariates
from etl.definitions import Definitions
from etl.frames import make_table
from etl.goals import goal_of
from etl.network import network_sums, network_totals, publish, shares
from etl.registry_bands import fit_registry_bands
from etl.strata import Stratum
from etl.watch import Why, drifted, put_right, reason_to_fit
from scoring.recovery_basis import Scale as CurveScale
from scoring.recovery_courses import Courses, from_visits
from scoring.recovery_folds import WHOLE
from scoring.recovery_priors import PublishedCourse, parse_priors
from scoring.recovery_store import sums_to_json
from scoring.recovery_stratum import StratumCurve
from scoring.recovery_stratum_fit import Evidence, fit_stratum, stratum_scale
from scoring.recovery_sums import CurveSums
from scoring.track_rules import TrackRules

# Part of every training hash: a change of the method fits every curve again. Raise it with the method.
METHOD = "2"


class Fitted(NamedTuple):
    """A curve (None: no curve yet) and the sums it is made of."""

    curve: StratumCurve | None
    sums: CurveSums


@cache
def published_courses() -> dict[tuple[str, str, str, str], PublishedCourse]:
    return parse_priors((settings.CONTENT / "recovery" / "priors.toml").read_text())


def curves_may_change(connection: DuckDBPyConnection) -> bool:
    """Whether this run has touched a closed episode, or the first one that a published course is about."""
    published = pd.DataFrame(list(published_courses()), columns=["condition", "index_kind", "instrument", "scale"])
    make_table(connection, "published_course", published)
    return bool(
        connection.execute(
            """
            SELECT count(*) FROM lake.episode AS e
            WHERE episode_id IN (SELECT episode_id FROM touched_episode) AND (
                state = 'closed'
                OR (condition, index_kind) IN (SELECT (condition, index_kind) FROM published_course)
                AND NOT EXISTS (
                    FROM lake.curve_statistic AS k
                    WHERE (k.condition, k.stratum, k.index_kind) = (e.condition, e.stratum, e.index_kind)
                )
            )
            """
        ).fetchone()[0]
    )


def refit_curves(
    connection: DuckDBPyConnection,
    definitions: Definitions,
    as_of: datetime,
    snapshot: int,
    rules: TrackRules,
    why: Why | None = None,
) -> list[Stratum]:
    """
    Fit the curves whose training rows have changed, and return which.

    ``why`` the run was started: a drift fits those that have drifted too, a manager's wish all of them.
    """
    connection.execute(sql("lake/training"))
    names = covariate_names().all
    # the record of low chances that came true is the curve's, and of the chance the tenant has chosen
    method = f"{METHOD} {names} {curve_covariates()} {rules.goal_chance}"
    network, gives = network_totals(connection, METHOD), shares(connection)
    heard = sorted((*stratum, float(numbers[0])) for stratum, numbers in network.items())
    version = f"{method} {heard}" if heard else method
    asked = {"names": names, "version": version, "every": why is not None}
    found = connection.execute(sql("lake/stratum"), asked).fetchall()
    off = drifted(connection) if why else {}
    fitted = []
    for *key, days, has_history, training, standing in found:
        stratum = Stratum(*key)
        reason = reason_to_fit(why, standing is None, standing != training, stratum in off)
        if reason is None or stratum.instrument not in definitions.instruments:
            continue
        visits = _visits(connection, stratum)
        covariates = covariates_of(connection, visits["episode_id"])
        stamp = training, as_of, snapshot
        scale, courses = _scale(definitions, stratum), _courses(visits, covariates)
        result = _fit(definitions, stratum, courses, days or [], network.get(stratum), rules)
        patients, stamp_of_fit = int(result.sums.patients), (as_of, snapshot)
        right = put_right(connection, stratum, result.curve, patients, reason, off.get(stratum), stamp_of_fit)
        result = result._replace(curve=right)
        _remove(connection, stratum)
        _store_curve(connection, stratum, result, stamp)
        if gives and len(courses):
            publish(connection, stratum, result.sums, courses, scale, (METHOD, as_of, snapshot))
        if has_history:
            limits = scale.lowest, scale.highest
            for fold, band in fit_registry_bands(visits, covariates, days, limits).items():
                n = sum(fit.n for fit in band.fits.values())
                _store(connection, stratum, fold, n, list(band.fits), band.to_json(), stamp, (None, None))
        fitted.append(stratum)
    return fitted


def _visits(connection: DuckDBPyConnection, stratum: Stratum) -> pd.DataFrame:
    """One row per scored follow-up of a closed episode: episode_id, clinic_code, day, baseline, score."""
    return connection.execute(
        """
        SELECT CAST(episode_id AS VARCHAR) AS episode_id, clinic_code, day, baseline, score
        FROM training
        WHERE (condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)
        ORDER BY episode_id, day
        """,
        stratum,
    ).df()


def _scale(definitions: Definitions, stratum: Stratum) -> CurveScale:
    scale = definitions.instruments[stratum.instrument].scale(stratum.scale)
    published = published_courses().get(stratum.published)
    return stratum_scale(scale.range, scale.direction == "higher", stratum.index_kind, published)


def _fit(
    definitions: Definitions,
    stratum: Stratum,
    courses: Courses,
    days: list[int],
    network: np.ndarray | None,
    rules: TrackRules,
) -> Fitted:
    instrument = definitions.instruments[stratum.instrument]
    scale = instrument.scale(stratum.scale)
    curve_scale, covariates = _scale(definitions, stratum), len(curve_covariates())
    evidence = Evidence(network_sums(network, curve_scale, covariates), published_courses().get(stratum.published))
    goal = goal_of(instrument, scale, rules.goal_day(stratum.index_kind), stratum.condition)
    return Fitted(
        *fit_stratum(courses, curve_scale, days, float(scale.decimals == 0), evidence, goal, rules.goal_chance)
    )


def _courses(visits: pd.DataFrame, covariates: pd.DataFrame) -> Courses:
    """Side by side, one per episode."""
    patient, _ = pd.factorize(visits["episode_id"])
    first = ~visits["episode_id"].duplicated().to_numpy()
    day, score, baseline = (visits[name].to_numpy(float) for name in ("day", "score", "baseline"))
    return from_visits(patient, day, score, baseline[first], as_numbers(covariates[first]))


def _remove(connection: DuckDBPyConnection, stratum: Stratum) -> None:
    connection.execute(
        "DELETE FROM lake.curve_statistic WHERE (condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)",
        stratum,
    )


def _store_curve(connection: DuckDBPyConnection, stratum: Stratum, fitted: Fitted, stamp: tuple) -> None:
    # without a curve the row still keeps the hash: the same rows are not tried again
    curve, sums = fitted
    n = int(sums.patients) if curve else 0
    texts = sums_to_json(sums), curve.to_json() if curve else None
    _store(connection, stratum, WHOLE, n, list(curve.days) if curve else [], None, stamp, texts)


def _store(
    connection: DuckDBPyConnection,
    stratum: Stratum,
    fold: int,
    n: int,
    days: list[int],
    band: str | None,
    stamp: tuple,
    texts: tuple[str | None, str | None],
) -> None:
    connection.execute(
        """
        INSERT INTO lake.curve_statistic (
            condition, stratum, index_kind, instrument, scale,
            fold_left_out, n, days, band, training, fitted_at, snapshot, sums, curve
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [*stratum, fold, n, days, band, *stamp, *texts],
    )


def curves_of(connection: DuckDBPyConnection) -> dict[Stratum, StratumCurve]:
    """Every curve the lake has, by stratum."""
    rows = connection.execute(
        "SELECT condition, stratum, index_kind, instrument, scale, curve "
        "FROM lake.curve_statistic WHERE curve IS NOT NULL ORDER BY ALL"
    ).fetchall()
    return {Stratum(*key): _curve(text) for *key, text in rows}


@lru_cache(maxsize=1000)
def _curve(text: str) -> StratumCurve:
    return StratumCurve.from_json(text)
