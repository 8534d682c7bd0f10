"""What was expected of each course: the band from baseline, at the day of the latest answer and as a line to draw."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection

from etl.covariates import as_numbers, covariates_of, curve_covariates
from etl.frames import make_table
from etl.registry_bands import fold_of
from etl.strata import Stratum, curve_for
from etl.updated import add_updated
from scoring.band_conformal import LEVELS, below_and_equal
from scoring.recovery_explain import contributions
from scoring.recovery_folds import FoldedBand
from scoring.recovery_stratum import CHART_LEVELS, StratumCurve
from scoring.track_rules import TrackRules

PERCENTILES = ["p10", "p25", "p50", "p75", "p90"]
MIX = ["mix_own", "mix_network", "mix_literature"]
UPDATED = ["below_next", "expected_next", "off_share", "goal_day", "goal_chance", "goal_missed", "goal_flagged"]
NUMBERS = [*PERCENTILES, "below", "equal", "n_similar", *UPDATED, *MIX]


def add_expected(
    connection: DuckDBPyConnection,
    courses: pd.DataFrame,
    curves: dict[tuple[Stratum, str], StratumCurve],
    bands: dict[Stratum, FoldedBand],
    rules: TrackRules,
) -> pd.DataFrame:
    """
    The courses with what their stratum's curve expects, NaN (None) where nothing is expected.

    A registry's rows are judged by the band without their own provider's fold, all others by the curve.

    Adds p10 … p90, below, equal, n_similar; below_next, expected_next, off_share; goal_…; mix_…; and the texts shape,
    parts and goal_title. Makes the table ``band_points`` (place, band): place in the frame, and JSON
    [[day, p10, …, p90], …].
    """
    courses = courses.assign(**dict.fromkeys(NUMBERS, np.nan), **dict.fromkeys(("shape", "parts", "goal_title"), None))
    courses = courses.astype({"shape": object, "parts": object, "goal_title": object})
    connection.execute("CREATE OR REPLACE TEMP TABLE band_points (place BIGINT, band VARCHAR)")
    known = courses.index[courses["baseline"].notna()]
    covariates = covariates_of(connection, courses.loc[known, "episode_id"]).set_axis(known)
    like = [*Stratum._fields, "pathway", "is_historical"]
    for (*key, pathway, is_historical), group in courses.loc[known].groupby(like, sort=True):
        stratum, places = Stratum(*key), group.index.to_numpy()
        curve = None if is_historical else curve_for(curves, stratum, pathway)
        if is_historical and stratum in bands:
            mine = covariates.loc[places].reset_index(drop=True)
            _ask_bands(connection, courses, places, bands[stratum], mine)
        elif curve is not None:
            x = as_numbers(covariates.loc[places])
            _ask_curve(connection, courses, places, curve, x)
            add_updated(courses, places, curve, x, rules)
    return courses


def _ask_bands(
    connection: DuckDBPyConnection,
    courses: pd.DataFrame,
    places: np.ndarray,
    folded: FoldedBand,
    covariates: pd.DataFrame,
) -> None:
    """Fill in a registry's rows at ``places``, each by the band that may judge it."""
    mine = courses.loc[places]
    day, baseline, score = (mine[name].to_numpy(float) for name in ("day", "baseline", "score"))
    fold = fold_of(mine)
    courses.loc[places, PERCENTILES] = folded.at(fold, day, baseline, covariates, CHART_LEVELS)
    courses.loc[places, ["below", "equal"]] = folded.below_and_equal(fold, day, baseline, covariates, score)
    courses.loc[places, "n_similar"] = np.where(np.isnan(day), np.nan, folded.n(fold, np.nan_to_num(day)))
    for number, band in folded.bands.items():
        rows = fold == number
        if rows.any():
            _store_points(connection, places[rows], *band.points_of_many(baseline[rows], covariates[rows]))


def _ask_curve(
    connection: DuckDBPyConnection, courses: pd.DataFrame, places: np.ndarray, curve: StratumCurve, x: np.ndarray
) -> None:
    """Fill in the band from baseline of the rows at ``places``, its sources and what it is made of."""
    mine = courses.loc[places]
    day, baseline, score = (mine[name].to_numpy(float) for name in ("day", "baseline", "score"))
    expected = curve.expected(day, baseline, x, CHART_LEVELS)
    courses.loc[places, PERCENTILES] = expected
    courses.loc[places, ["below", "equal"]] = _shares(curve, day, baseline, x, score)
    answered = places[~np.isnan(day)]
    courses.loc[answered, "n_similar"] = curve.n_at(day[~np.isnan(day)])
    courses.loc[places, MIX] = curve.mix_at(np.where(np.isnan(day), curve.first_day, day))
    courses.loc[places, "parts"] = _parts(curve, day, baseline, x, expected[:, 2])
    _store_points(connection, places, *curve.points(baseline, x))


def _shares(curve: StratumCurve, day: np.ndarray, baseline: np.ndarray, x: np.ndarray, score: np.ndarray) -> np.ndarray:
    """n × 2 shares of similar patients: below each score (ties half), and with the same score; NaN on day 0."""
    scale = curve.curve.scale
    grid = curve.expected(day, baseline, x, LEVELS)
    shares = np.column_stack(below_and_equal(grid, score, (scale.lowest, scale.highest), curve.curve.step))
    return np.where(day[:, None] > 0, shares, np.nan)


def _parts(curve: StratumCurve, day: np.ndarray, baseline: np.ndarray, x: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Length-n JSON [[words, points], …]: contributions that add up to the middle of the band; None without one."""
    words, points = contributions(curve.curve, np.nan_to_num(day), baseline, x, middle, list(curve_covariates()))
    texts = np.full(len(day), None, dtype=object)
    # before the first day with evidence the band is a line from the own baseline: there is nothing to take apart
    for row in np.flatnonzero(~np.isnan(middle) & (day >= curve.first_day)):
        texts[row] = json.dumps([[word, value] for word, value in zip(words, points[row], strict=True) if value])
    return texts


def _store_points(connection: DuckDBPyConnection, places: np.ndarray, days: list[int], expected: np.ndarray) -> None:
    """Store n × days × 5 quantiles as the lines to draw."""
    day = np.broadcast_to(np.array(days, float)[None, :, None], (*expected.shape[:2], 1))
    points = np.concatenate([day, expected], axis=2)
    inner = pa.ListArray.from_arrays(np.arange(0, points.size + 1, points.shape[2], dtype=np.int32), points.ravel())
    outer = pa.ListArray.from_arrays(np.arange(0, len(inner) + 1, points.shape[1], dtype=np.int32), inner)
    make_table(connection, "drawn", pa.table({"place": places, "points": outer}))
    connection.execute("INSERT INTO band_points SELECT place, CAST(to_json(points) AS VARCHAR) FROM drawn")
