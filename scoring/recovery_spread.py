"""With few patients: how much wider residuals are where more is predicted, as one slope in place of bins."""

from dataclasses import dataclass

import numpy as np

PSEUDO_PATIENTS = 20
LEAST, MOST = 0.5, 2.0  # of the average width
SAME = 0.005  # predictions that differ by less than this share of the scale say nothing about a different spread
CENTRES = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95)  # shares of the patients with a lower prediction, where quantiles are kept


@dataclass(frozen=True)
class WidthSlope:
    """
    Width of the residuals by prediction, as a factor on the average one.

    Parameters
    ----------
    middle, sd : of the predictions
    slope : of the factor, per SD of the predictions
    """

    middle: float
    sd: float
    slope: float

    def at(self, predicted: np.ndarray) -> np.ndarray:
        return np.clip(1.0 + self.slope * (predicted - self.middle) / self.sd, LEAST, MOST)


def fit_spread(predicted: np.ndarray, counts: np.ndarray, edges: np.ndarray, scale_width: float) -> WidthSlope | None:
    """
    A ridge of the absolute residual on the prediction, shrunk to no slope by 20 pseudo-patients.

    Parameters
    ----------
    predicted : length-g mean predictions; counts : g × columns of residuals between `edges`, worth so many patients

    Returns
    -------
    WidthSlope; None where all predictions are alike
    """
    weight = counts.sum(axis=1)
    total = weight.sum()
    middle = predicted @ weight / total
    sd = np.sqrt((predicted - middle) ** 2 @ weight / total)
    if sd < SAME * scale_width:
        return None
    size = counts @ np.abs((edges[1:] + edges[:-1]) / 2) / weight
    excess = size / (size @ weight / total) - 1.0
    return WidthSlope(middle, sd, float((excess * (predicted - middle) / sd) @ weight / (total + PSEUDO_PATIENTS)))


def evened(counts: np.ndarray, factor: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Length-columns histogram of all rows' residuals, each divided by its row's factor; the outermost in the ends."""
    reached = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    together = np.zeros(len(edges))
    for row, by in zip(reached, factor, strict=True):
        together += np.interp(edges * by, edges, row)
    together[0], together[-1] = 0.0, reached[:, -1].sum()
    return np.diff(together)


def kept_centres(predicted: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Rising predictions at which quantiles are kept."""
    below = (np.cumsum(weight) - weight / 2) / weight.sum()
    return np.unique(np.interp(CENTRES, below, predicted))
