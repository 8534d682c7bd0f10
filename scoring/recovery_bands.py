"""Conformal bands around the expected course: from baseline by day and prediction, and given the answers so far."""

from dataclasses import dataclass, replace

import numpy as np

from scoring.band_conformal import ResidualQuantiles
from scoring.recovery_basis import segment_of
from scoring.recovery_histogram import ResidualCounts

ENOUGH_FOR_A_TIME = 400  # patients near one knot before its quantiles are told apart from all others'


@dataclass(frozen=True)
class TimeBands:
    """
    Quantiles of standardised residuals near each knot, by prediction.

    Parameters
    ----------
    knots : days
    near : of each knot, its position in `quantiles`
    quantiles : the distinct ones; the first is over all days
    """

    knots: tuple[int, ...]
    near: np.ndarray
    quantiles: tuple[ResidualQuantiles, ...]

    @classmethod
    def from_counts(cls, knots: tuple[int, ...], by_knot: tuple[ResidualCounts, ...], patients: float) -> "TimeBands":
        """From the counts near each knot of so many patients altogether."""
        together = replace(sum(by_knot[1:], by_knot[0]), patients=patients)
        near, quantiles = [], [together.quantiles()]
        for counts in by_knot:
            if counts.patients >= ENOUGH_FOR_A_TIME and counts.n < together.n:
                quantiles.append(counts.quantiles())
                near.append(len(quantiles) - 1)
            else:
                near.append(0)
        return cls(knots, np.array(near), tuple(quantiles))

    def at(self, day: np.ndarray, predicted: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """n × len(levels) standardised residuals for length-n days and predictions."""
        which = self.near[nearest_knot(day, self.knots)]
        if not which.any():
            return self.quantiles[0].at(predicted, levels)
        residual = np.empty((len(predicted), len(levels)))
        for number in np.unique(which):
            rows = which == number
            residual[rows] = self.quantiles[number].at(predicted[rows], levels)
        return residual


def nearest_knot(day: np.ndarray, knots: tuple[int, ...]) -> np.ndarray:
    """Position of the knot that weighs most on each day."""
    segment, through = segment_of(day, knots)
    return segment + (through > 0.5)
