"""Counts of standardised residuals by predicted score: additive, and read as conformal quantiles."""

from dataclasses import dataclass

import numpy as np

from scoring.band_conformal import LEVELS, ResidualQuantiles
from scoring.recovery_spread import evened, fit_spread, kept_centres

RESIDUAL_EDGES = np.linspace(-6.0, 6.0, 241)
PREDICTED_CELLS = 160
PER_BIN = 100  # patients whose quantiles are told apart from their neighbours' in predicted score
MOST_BINS = 20
FEWEST_BINS = 3  # fewer tell less than a slope does: of 200 patients whose scores pile up at one end, 1-4 % of the CRPS
SLOPE_GROUPS = 16


@dataclass(frozen=True)
class ResidualCounts:
    """
    How often a residual of so many SDs was seen where so much was predicted.

    Parameters
    ----------
    lowest, highest : of the scale; predictions are counted in 160 equal cells between them
    counts : … × 160 × 240; leading axes are time bands or strata
    predicted : … × 160 sums of the predictions in each cell
    patients : who gave these answers; answers of one patient resemble each other, so they teach less than as many
        patients would
    """

    lowest: float
    highest: float
    counts: np.ndarray
    predicted: np.ndarray
    patients: float

    def __add__(self, other: "ResidualCounts") -> "ResidualCounts":
        """Together; `patients` adds up too, and is then an upper bound where the same ones are on both sides."""
        together = (getattr(self, name) + getattr(other, name) for name in ("counts", "predicted", "patients"))
        return ResidualCounts(self.lowest, self.highest, *together)

    def __mul__(self, weight: float) -> "ResidualCounts":
        """The same shape worth `weight` times as many patients."""
        weighted = (weight * getattr(self, name) for name in ("counts", "predicted", "patients"))
        return ResidualCounts(self.lowest, self.highest, *weighted)

    @property
    def n(self) -> float:
        return float(self.counts.sum())

    def quantiles(self) -> ResidualQuantiles:
        """
        Conformal quantiles in bins of the prediction that hold the answers of 100 patients or more each.

        With fewer than three such bins all residuals are one histogram, its width a slope on the prediction. Beyond the
        outermost residual seen, (n + 1)-corrected for n patients, anything within 6 SD may happen.
        """
        worth = min(self.patients / max(self.n, 1.0), 1.0)
        cells = self.counts.sum(axis=-1) * worth
        bins = bins_of_enough(cells)
        if len(bins) < FEWEST_BINS:
            return self._by_slope(cells, worth) or self._in_bins(bins, cells, worth)
        return self._in_bins(bins, cells, worth)

    def _in_bins(self, bins: np.ndarray, cells: np.ndarray, worth: float) -> ResidualQuantiles:
        counts = np.add.reduceat(self.counts, bins, axis=0) * worth
        centres = np.add.reduceat(self.predicted * worth, bins) / np.maximum(np.add.reduceat(cells, bins), 1e-9)
        return ResidualQuantiles(centres, quantiles_of_counts(counts))

    def _by_slope(self, cells: np.ndarray, worth: float) -> ResidualQuantiles | None:
        groups = groups_of_equal(cells, SLOPE_GROUPS)
        counts = np.add.reduceat(self.counts, groups, axis=0) * worth
        weight = counts.sum(axis=1)
        predicted = np.add.reduceat(self.predicted * worth, groups) / np.maximum(weight, 1e-9)
        seen = weight > 0
        predicted, counts, weight = predicted[seen], counts[seen], weight[seen]
        spread = fit_spread(predicted, counts, RESIDUAL_EDGES, self.highest - self.lowest) if seen.any() else None
        if spread is None:
            return None
        even = quantiles_of_counts(evened(counts, spread.at(predicted), RESIDUAL_EDGES)[None])[0]
        centres = kept_centres(predicted, weight)
        lowest, highest = RESIDUAL_EDGES[[0, -1]]
        inside = np.clip(spread.at(centres)[:, None] * even, lowest, highest)
        return ResidualQuantiles(centres, np.where((even > lowest) & (even < highest), inside, even))


def count_residuals(
    predicted: np.ndarray, residual: np.ndarray, patients: int, scale_range: tuple[float, float]
) -> ResidualCounts:
    """Count length-n residuals (in SDs; NaN are left out) of so many patients by length-n predictions."""
    lowest, highest = scale_range
    known = ~np.isnan(residual)
    predicted, residual = predicted[known], residual[known]
    cell = np.clip((predicted - lowest) / (highest - lowest) * PREDICTED_CELLS, 0, PREDICTED_CELLS - 1).astype(int)
    width = len(RESIDUAL_EDGES) - 1
    column = np.clip(np.searchsorted(RESIDUAL_EDGES, residual, side="right") - 1, 0, width - 1)
    counts = np.bincount(cell * width + column, minlength=PREDICTED_CELLS * width).reshape(PREDICTED_CELLS, width)
    return ResidualCounts(
        lowest, highest, counts.astype(float), np.bincount(cell, predicted, PREDICTED_CELLS), patients
    )


def bins_of_enough(cells: np.ndarray) -> np.ndarray:
    """First cell of each bin: neighbours merged until each bin holds its share, 100 patients at least if there are."""
    return groups_of_equal(cells, int(np.clip(cells.sum() // PER_BIN, 1, MOST_BINS)))


def groups_of_equal(cells: np.ndarray, bins: int) -> np.ndarray:
    """First cell of each of so many groups of neighbours that hold about the same."""
    reached, total = np.cumsum(cells), cells.sum()
    starts = np.searchsorted(reached, total * np.arange(1, bins) / bins) + 1
    return np.unique(np.append(0, starts[starts < len(cells)]))


def quantiles_of_counts(counts: np.ndarray) -> np.ndarray:
    """
    b × 99 residuals at LEVELS of b histograms, spread evenly within their cells, at position (n + 1)·level among n.

    All rows are read off one rising function: row number + share reached.
    """
    reached = np.zeros((len(counts), len(RESIDUAL_EDGES)))
    np.cumsum(counts, axis=1, out=reached[:, 1:])
    n = np.maximum(reached[:, -1:], 1e-9)
    rows = np.arange(len(counts))[:, None] * 2.0
    position = (n + 1) * LEVELS
    asked = rows + np.clip((position - 0.5) / n, 0.0, 1.0)
    edges = np.tile(RESIDUAL_EDGES, len(counts))
    quantiles = np.interp(asked.ravel(), (rows + reached / n).ravel(), edges).reshape(asked.shape)
    quantiles[position < 1] = RESIDUAL_EDGES[0]
    quantiles[position > n] = RESIDUAL_EDGES[-1]
    return np.maximum.accumulate(quantiles, axis=1)
