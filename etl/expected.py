"""What was expected of each course: the band from baseline, at the day of the latest answer and as a line to draw."""

import numpy as np
import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection

from etl.covariates import covariates_of
from etl.curves import Stratum, fold_of
from etl.frames import make_table
from scoring.recovery_band import CHART_LEVELS, RecoveryBand
from scoring.recovery_folds import FoldedBand

PERCENTILES = ["p10", "p25", "p50", "p75", "p90"]


def add_expected(
    connection: DuckDBPyConnection, courses: pd.DataFrame, bands: dict[Stratum, FoldedBand]
) -> pd.DataFrame:
    """
    The courses with p10 … p90, below and n_similar, NaN where nothing is expected.

    Makes the table ``band_points`` (place, band): place in the frame, JSON [[day, p10, p25, p50, p75, p90], …].
    """
    courses = courses.assign(**dict.fromkeys([*PERCENTILES, "below", "n_similar"], np.nan))
    connection.execute("CREATE OR REPLACE TEMP TABLE band_points (place BIGINT, band VARCHAR)")
    known = courses.index[courses["baseline"].notna()]
    covariates = covariates_of(connection, courses.loc[known, "episode_id"]).set_axis(known)
    for key, group in courses.loc[known].groupby(list(Stratum._fields), sort=True):
        if Stratum(*key) in bands:
            mine = covariates.loc[group.index].reset_index(drop=True)
            _ask(connection, courses, group.index.to_numpy(), bands[Stratum(*key)], mine)
    return courses


def _ask(
    connection: DuckDBPyConnection,
    courses: pd.DataFrame,
    places: np.ndarray,
    folded: FoldedBand,
    covariates: pd.DataFrame,
) -> None:
    """Fill in the rows at ``places``, each by the band that may judge it."""
    mine = courses.loc[places]
    day, baseline, score = (mine[name].to_numpy(float) for name in ("day", "baseline", "score"))
    fold = fold_of(mine)
    courses.loc[places, PERCENTILES] = folded.at(fold, day, baseline, covariates, CHART_LEVELS)
    courses.loc[places, "below"] = folded.below(fold, day, baseline, covariates, score)
    courses.loc[places, "n_similar"] = np.where(np.isnan(day), np.nan, folded.n(fold, np.nan_to_num(day)))
    for number, band in folded.bands.items():
        rows = fold == number
        if rows.any():
            _store_points(connection, places[rows], band, baseline[rows], covariates[rows])


def _store_points(
    connection: DuckDBPyConnection, places: np.ndarray, band: RecoveryBand, baseline: np.ndarray, covariates
) -> None:
    days, expected = band.points_of_many(baseline, covariates)
    day = np.broadcast_to(np.array(days, float)[None, :, None], (*expected.shape[:2], 1))
    points = np.concatenate([day, expected], axis=2)
    inner = pa.ListArray.from_arrays(np.arange(0, points.size + 1, points.shape[2], dtype=np.int32), points.ravel())
    outer = pa.ListArray.from_arrays(np.arange(0, len(inner) + 1, points.shape[1], dtype=np.int32), inner)
    make_table(connection, "drawn", pa.table({"place": places, "points": outer}))
    connection.execute("INSERT INTO band_points SELECT place, CAST(to_json(points) AS VARCHAR) FROM drawn")
