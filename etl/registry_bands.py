"""A registry's rows: bands by scheduled day, each fitted without one fold of providers, to judge that fold."""

from functools import lru_cache

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from etl.strata import Stratum
from scoring.band_folds import folds
from scoring.recovery_band import RecoveryBand
from scoring.recovery_folds import WHOLE, FoldedBand, fit_folded_band


def fit_registry_bands(
    visits: pd.DataFrame, covariates: pd.DataFrame, days: list[int], scale_range: tuple[float, float]
) -> dict[int, RecoveryBand]:
    """The band without each fold, where one can be fitted; ``visits`` as for ``fit_folded_band``, with clinic_code."""
    # what nobody in the stratum has is no column: every judgement would pay for it
    known = covariates.dropna(axis="columns", how="all")
    folded = fit_folded_band(visits, known, folds(visits["clinic_code"]), days, scale_range)
    return {} if folded is None else {fold: band for fold, band in folded.bands.items() if fold != WHOLE}


def registry_bands(connection: DuckDBPyConnection) -> dict[Stratum, FoldedBand]:
    """Every stratum's bands the lake has."""
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
    """The provider's fold of each row: the band without it may judge the row."""
    return folds(frame["clinic_code"])
