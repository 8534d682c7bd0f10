"""Expected courses: one band per stratum and scale, fitted on closed episodes, again only when those have changed."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from etl.carry import sql
from etl.covariates import covariate_names, covariates_of
from etl.definitions import Definitions
from scoring.band_folds import folds
from scoring.recovery_band import RecoveryBand
from scoring.recovery_folds import WHOLE, FoldedBand, fit_folded_band

# Part of every training hash: a change of the method fits every band again. Raise it with the method.
METHOD = "1"


class Stratum(NamedTuple):
    """Patients whose courses are never pooled with another's, and one scale."""

    condition: str
    stratum: str
    index_kind: str
    instrument: str
    scale: str


def curves_may_change(connection: DuckDBPyConnection) -> bool:
    """Whether this run has touched a closed episode: only those are fitted on."""
    return bool(
        connection.execute(
            "SELECT count(*) FROM lake.episode "
            "WHERE state = 'closed' AND episode_id IN (SELECT episode_id FROM touched_episode)"
        ).fetchone()[0]
    )


def refit_curves(
    connection: DuckDBPyConnection, definitions: Definitions, as_of: datetime, snapshot: int
) -> list[Stratum]:
    """Fit the bands whose training rows have changed, and return which."""
    connection.execute(sql("lake/training"))
    names = covariate_names().all
    changed = connection.execute(sql("lake/stratum"), {"names": names, "version": f"{METHOD} {names}"}).fetchall()
    fitted = []
    for *key, days, training in changed:
        stratum = Stratum(*key)
        band = _fit(connection, definitions, stratum, days)
        _store(connection, stratum, band, (training, as_of, snapshot))
        fitted.append(stratum)
    return fitted


def _fit(
    connection: DuckDBPyConnection, definitions: Definitions, stratum: Stratum, days: list[int]
) -> FoldedBand | None:
    visits = connection.execute(
        """
        SELECT CAST(episode_id AS VARCHAR) AS episode_id, clinic_code, day, baseline, score
        FROM training
        WHERE (condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)
        ORDER BY episode_id, day
        """,
        stratum,
    ).df()
    covariates = covariates_of(connection, visits["episode_id"])
    return fit_folded_band(
        visits,
        # what nobody in the stratum has is no column: every judgement would pay for it
        covariates.dropna(axis="columns", how="all"),
        folds(visits["clinic_code"]),
        days,
        definitions.instruments[stratum.instrument].scale(stratum.scale).range,
    )


def _store(connection: DuckDBPyConnection, stratum: Stratum, band: FoldedBand | None, stamp: tuple) -> None:
    connection.execute(
        "DELETE FROM lake.curve_statistic WHERE (condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)",
        stratum,
    )
    training, as_of, snapshot = stamp
    # without a curve the row still keeps the hash: the same rows are not tried again
    for fold, fitted in (band.bands if band else {WHOLE: None}).items():
        days = list(fitted.fits) if fitted else []
        n = sum(fit.n for fit in fitted.fits.values()) if fitted else 0
        text = fitted.to_json() if fitted else None
        connection.execute(
            "INSERT INTO lake.curve_statistic VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [*stratum, fold, n, days, text, training, as_of, snapshot],
        )


def bands_of(connection: DuckDBPyConnection) -> dict[Stratum, FoldedBand]:
    """Every band the lake has, by stratum."""
    rows = connection.execute(
        "SELECT condition, stratum, index_kind, instrument, scale, fold_left_out, band "
        "FROM lake.curve_statistic WHERE band IS NOT NULL ORDER BY ALL"
    ).fetchall()
    bands: dict[Stratum, dict[int, RecoveryBand]] = {}
    for *key, fold, text in rows:
        bands.setdefault(Stratum(*key), {})[fold] = _band(text)
    return {stratum: FoldedBand(each) for stratum, each in bands.items()}


@lru_cache(maxsize=1000)
def _band(text: str) -> RecoveryBand:
    return RecoveryBand.from_json(text)


def fold_of(frame: pd.DataFrame) -> np.ndarray:
    """Which band judges each course: a registry's row the band without its own provider's fold, else everybody's."""
    return np.where(frame["is_historical"], folds(frame["clinic_code"]), WHOLE)
