"""How far real outcomes lie from their prediction: conformal quantiles of the signed residual, by predicted value."""

from dataclasses import dataclass

import numpy as np

LEVELS = np.round(np.arange(0.01, 1.0, 0.01), 2)
PATIENTS_PER_BIN = 100
MOST_BINS = 20
# Predictions that differ by less than 1 % of the scale say nothing about a different spread.
NARROWEST_BIN = 0.01


@dataclass(frozen=True)
class ResidualQuantiles:
    """
    Quantiles of outcome − prediction, in bins of the prediction and straight between the bins' centres.

    A constant-width band covers 61–65 % of the worst-baseline decile where 80 % was promised; spread and skew
    depend on where on the scale a patient is expected, so each bin has quantiles of its own.

    Parameters
    ----------
    centres : length-b, mean prediction of each bin, rising
    quantiles : b × 99, residual at LEVELS (1 % … 99 %), never falling along a row

    References
    ----------
    Vovk, Gammerman, Shafer (2005), Algorithmic Learning in a Random World: the (n + 1) correction.
    Boström, Johansson, Löfström (2021), Mondrian conformal predictive distributions: bins of the prediction.
    """

    centres: np.ndarray
    quantiles: np.ndarray

    @classmethod
    def learn(cls, predicted: np.ndarray, residual: np.ndarray, scale_width: float) -> "ResidualQuantiles":
        """From n out-of-fold predictions and residuals, n ≥ 1; the tails nobody reached get the scale's width."""
        apart = np.subtract(*np.quantile(predicted, [0.95, 0.05])) / (NARROWEST_BIN * scale_width)
        bins = int(np.clip(min(len(predicted) // PATIENTS_PER_BIN, apart), 1, MOST_BINS))
        members = np.array_split(np.argsort(predicted, kind="stable"), bins)
        centres = np.array([predicted[rows].mean() for rows in members])
        quantiles = np.array([corrected_quantiles(residual[rows], scale_width) for rows in members])
        return cls(centres, quantiles)

    def at(self, predicted: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """n × len(levels) residuals for n predictions; levels in 0.01–0.99."""
        by_bin = np.array([np.interp(levels, LEVELS, row) for row in self.quantiles])
        lower, weight = between(self.centres, predicted)
        upper = np.minimum(lower + 1, len(self.centres) - 1)
        return by_bin[lower] * (1 - weight)[:, None] + by_bin[upper] * weight[:, None]


def share_below(
    grid: np.ndarray,
    score: np.ndarray,
    scale_range: tuple[float, float],
    step: float,
    rng: np.random.Generator | None = None,
) -> np.ndarray:
    """
    Share (0–1) of similar patients with a lower score; ties count half.

    With `rng`, ties count a random share instead: the randomised PIT, uniform on 0–1 exactly when the band is
    calibrated, at floor and ceiling and on whole-number scores too.

    Parameters
    ----------
    grid : n × 99 scores at LEVELS, in the scale's range, never falling along a row
    score : length-n
    step : distance between possible scores; 0 on a continuous scale

    Returns
    -------
    Length-n; NaN where score or grid is

    References
    ----------
    Czado, Gneiting, Held (2009), Predictive model assessment for count data, doi 10.1111/j.1541-0420.2009.01191.x
    """
    lower, upper = shares_around(grid, score, scale_range, step)
    tie = 0.5 if rng is None else rng.uniform(size=len(score))
    return lower + tie * (upper - lower)


def below_and_equal(
    grid: np.ndarray, score: np.ndarray, scale_range: tuple[float, float], step: float
) -> tuple[np.ndarray, np.ndarray]:
    """Length-n each: ``share_below`` with ties half, and the share with the same score, 0 where scores never tie."""
    lower, upper = shares_around(grid, score, scale_range, step)
    return (lower + upper) / 2, upper - lower


def shares_around(
    grid: np.ndarray, score: np.ndarray, scale_range: tuple[float, float], step: float
) -> tuple[np.ndarray, np.ndarray]:
    """Length-n each: share of similar patients below each score, and at it or below; NaN where score or grid is."""
    lower = np.where(score <= scale_range[0], 0.0, rank_in(grid, score - step / 2))
    upper = np.where(score >= scale_range[1], 1.0, rank_in(grid, score + step / 2))
    unknown = np.isnan(score) | np.isnan(grid[:, 0])
    return np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)


def rank_in(grid: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Length-n level of each value in its row of quantiles; outside the 1–99 % it fades as between 5 and 1 %."""
    rank = (grid < value[:, None]).sum(axis=1)
    inside = np.clip(rank, 1, len(LEVELS) - 1)
    rows = np.arange(len(value))
    low, high = grid[rows, inside - 1], grid[rows, inside]
    part = np.divide(value - low, high - low, out=np.full(len(low), 0.5), where=high > low)
    level = LEVELS[inside - 1] + 0.01 * np.clip(part, 0.0, 1.0)
    below = tail(grid[:, 0] - value, grid[:, 4] - grid[:, 0])
    above = 1.0 - tail(value - grid[:, -1], grid[:, -1] - grid[:, -5])
    return np.where(rank == 0, below, np.where(rank == len(LEVELS), above, level))


def tail(beyond: np.ndarray, from_1_to_5: np.ndarray) -> np.ndarray:
    """Share left `beyond` the 1 % quantile if it falls on as from 5 to 1 %; half a percent where that is flat."""
    flat = from_1_to_5 <= 0
    steps = np.maximum(beyond, 0.0) / np.where(flat, 1.0, from_1_to_5)
    return np.where(flat, 0.005, 0.01 * 0.2**steps)


def corrected_quantiles(residual: np.ndarray, scale_width: float) -> np.ndarray:
    """Quantiles at position (n + 1)·level among n; beyond the outermost patients anything on the scale may happen."""
    quantiles = np.quantile(residual, LEVELS, method="weibull")
    position = (len(residual) + 1) * LEVELS
    quantiles[position < 1] = -scale_width
    quantiles[position > len(residual)] = scale_width
    return quantiles


def between(centres: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The bin below each prediction and how far (0–1) it is on the way to the next; flat outside the outer centres."""
    if len(centres) == 1:
        return np.zeros(len(predicted), int), np.zeros(len(predicted))
    lower = np.clip(np.searchsorted(centres, predicted, side="right") - 1, 0, len(centres) - 2)
    step = np.maximum(centres[lower + 1] - centres[lower], 1e-9)
    return lower, np.clip((predicted - centres[lower]) / step, 0.0, 1.0)
