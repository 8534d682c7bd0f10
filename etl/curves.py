"""Expected courses: one curve per stratum and scale, fitted on finished courses, again only when those have changed."""

from datetime import datetime
from functools import lru_cache

import pandas as pd
from duckdb import DuckDBPyConnection

from etl.carry import sql
from etl.covariates import covariate_names, covariates_of, curve_covariates
from etl.definitions import Definitions
from etl.fitting import (
    Fitted,
    fit_curves,
    published_courses,
    published_prior,
    question_of,
    training_of,
    trust_text,
    visits_of,
)
from etl.frames import make_table
from etl.network import publish, shares
from etl.network_heard import hear_network, network_is_news
from etl.registry_bands import fit_registry_bands
from etl.strata import EVERY_PATHWAY, Stratum
from etl.watch import Why, as_corrected, drifted, put_right, reason_to_fit
from scoring.recovery_folds import WHOLE
from scoring.recovery_store import sums_to_json
from scoring.recovery_stratum import StratumCurve
from scoring.track_rules import TrackRules

# Part of every training hash: a change of the method fits every curve again. Raise it with the method.
METHOD = "4"
# Part of what leaves for the network: sums of another kind are not added.
SUMS = "2"


def curves_may_change(connection: DuckDBPyConnection, as_of: datetime) -> bool:
    """Whether this run has touched a finished course, or the first of a published course, or the network has news."""
    published = pd.DataFrame(list(published_courses()), columns=["condition", "index_kind", "instrument", "scale"])
    make_table(connection, "published_course", published)
    touched = bool(
        connection.execute(
            """
            SELECT count(*) FROM lake.episode AS e
            WHERE episode_id IN (SELECT episode_id FROM touched_episode) AND (
                episode_id IN (SELECT episode_id FROM lake.finished_course)
                OR (condition, index_kind) IN (SELECT (condition, index_kind) FROM published_course)
                AND NOT EXISTS (
                    FROM lake.curve_statistic AS k
                    WHERE (k.condition, k.stratum, k.index_kind) = (e.condition, e.stratum, e.index_kind)
                )
            )
            """
        ).fetchone()[0]
    )
    return touched or network_is_news(connection, as_of)


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
    method = f"{METHOD} {names} {curve_covariates()} {rules.goal_chance} {trust_text()}"
    network, gives = hear_network(connection, SUMS, as_of), shares(connection)
    version = f"{method} {network.version}"
    asked = {"names": names, "version": version, "every": why is not None}
    found = connection.execute(sql("lake/stratum"), asked).fetchall()
    off = drifted(connection) if why else {}
    fitted = []
    for *key, days, has_history, training, standing in found:
        stratum = Stratum(*key)
        reason = reason_to_fit(why, standing is None, standing != training, stratum in off)
        if reason is None or stratum.instrument not in definitions.instruments:
            continue
        visits = visits_of(connection, stratum)
        covariates = covariates_of(connection, visits["episode_id"])
        stamp = training, as_of, snapshot
        question, rows = question_of(definitions, stratum, days or [], rules), training_of(visits, covariates)
        scale, courses = question.scale, rows.courses
        curves = fit_curves(stratum, rows, question, network.totals.get(stratum))
        result = curves.pop(EVERY_PATHWAY)
        patients, stamp_of_fit = int(result.sums.patients), (as_of, snapshot)
        right = put_right(connection, stratum, result.curve, patients, reason, off.get(stratum), stamp_of_fit)
        result = result._replace(curve=right)
        _remove(connection, stratum)
        _store_curve(connection, stratum, EVERY_PATHWAY, result, stamp)
        for pathway, each in curves.items():
            each = each._replace(curve=as_corrected(connection, stratum, each.curve))
            _store_curve(connection, stratum, pathway, each, stamp)
        if gives and len(courses):
            publish(connection, stratum, courses, scale, published_prior(stratum, scale), (SUMS, as_of, snapshot))
        if has_history:
            limits = scale.lowest, scale.highest
            for fold, band in fit_registry_bands(visits, covariates, days, limits).items():
                n = sum(fit.n for fit in band.fits.values())
                _store(connection, stratum, fold, n, list(band.fits), band.to_json(), stamp, (None, None))
        fitted.append(stratum)
    return fitted


def _remove(connection: DuckDBPyConnection, stratum: Stratum) -> None:
    connection.execute(
        "DELETE FROM lake.curve_statistic WHERE (condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)",
        stratum,
    )


def _store_curve(connection: DuckDBPyConnection, stratum: Stratum, pathway: str, fitted: Fitted, stamp: tuple) -> None:
    # without a curve the row still keeps the hash: the same rows are not tried again
    curve, sums = fitted
    n = int(sums.patients) if curve else 0
    texts = sums_to_json(sums), curve.to_json() if curve else None
    _store(connection, stratum, WHOLE, n, list(curve.days) if curve else [], None, stamp, texts, pathway)


def _store(
    connection: DuckDBPyConnection,
    stratum: Stratum,
    fold: int,
    n: int,
    days: list[int],
    band: str | None,
    stamp: tuple,
    texts: tuple[str | None, str | None],
    pathway: str = EVERY_PATHWAY,
) -> None:
    connection.execute(
        """
        INSERT INTO lake.curve_statistic (
            condition, stratum, index_kind, instrument, scale, pathway,
            fold_left_out, n, days, band, training, fitted_at, snapshot, sums, curve
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [*stratum, pathway, fold, n, days, band, *stamp, *texts],
    )


def curves_of(connection: DuckDBPyConnection) -> dict[tuple[Stratum, str], StratumCurve]:
    """Every curve the lake has, by stratum and pathway (EVERY_PATHWAY: of all its courses together)."""
    rows = connection.execute(
        "SELECT condition, stratum, index_kind, instrument, scale, coalesce(pathway, ''), curve "
        "FROM lake.curve_statistic WHERE curve IS NOT NULL ORDER BY ALL"
    ).fetchall()
    return {(Stratum(*key), pathway): _curve(text) for *key, pathway, text in rows}


@lru_cache(maxsize=1000)
def _curve(text: str) -> StratumCurve:
    return StratumCurve.from_json(text)
