"""Sums again, from the cells of several tenants added up."""

import numpy as np

from scoring.errors import ScoringError
from scoring.recovery_basis import Scale
from scoring.recovery_covariance import LAG_EDGES, LagSums
from scoring.recovery_histogram import PREDICTED_CELLS, ResidualCounts
from scoring.recovery_moments import Moments
from scoring.recovery_publish import COLUMNS, FINE, HISTOGRAMS, Cells
from scoring.recovery_sums import CurveSums, ResidualSums
from scoring.recovery_width import WidthSums

# The middles of the lags, days; nothing after surgery or of a conservative course is 400 days apart or more.
LAGS = np.append((LAG_EDGES[1:-1] + LAG_EDGES[:-2]) / 2, LAG_EDGES[-2])
NEARLY_NEGATIVE = -1e-6  # of the largest: a sum of squares, in twelve digits


def received(cells: Cells, scale: Scale, covariates: int) -> CurveSums:
    """
    The sums that the network's cells are of; a cell that is not there holds zeros.

    Raises ScoringError for numbers that no patients can have given: not finite, fewer answers than patients, squares
    below zero.
    """
    k, q = len(scale.knots), 3 + covariates
    lags, sizes = len(LAG_EDGES) - 1, {"stretch": 3 * q * q + q + 1, "columns": COLUMNS}
    stretches = [_cell(cells, f"stretch {number}", sizes["stretch"]) for number in range(k - 1)]
    moments = np.stack([each[1 : 1 + 3 * q * q].reshape(3, q, q) for each in stretches])
    rest = np.stack([each[1 + 3 * q * q :] for each in stretches])
    patients = max(float(_cell(cells, "patients", 0)[0]), *(float(each[0]) for each in stretches))
    _check(moments, np.array([each[0] for each in stretches]), rest[:, 0])
    by_lag = np.stack([_pairs(cells, f"lag {number}") for number in range(lags)])
    by_knots = np.stack([[_pairs(cells, f"knots {i} {j}") for j in range(k)] for i in range(k)])
    together, following, after = (fine(_columns(cells, name), scale, patients) for name in HISTOGRAMS)
    residuals = ResidualSums(
        _width(moments, rest),
        LagSums(np.stack([by_lag[:, 0], by_lag[:, 1] * LAGS, by_lag[:, 1]])),
        np.moveaxis(by_knots + np.swapaxes(by_knots, 0, 1), -1, 0),
        tuple(together * (1 / k) for _ in range(k)),
        after,
        following,
    )
    return CurveSums(Moments(moments, np.array(patients)), residuals)


def _cell(cells: Cells, name: str, size: int) -> np.ndarray:
    """The patients of a cell and its `size` numbers."""
    numbers = np.asarray(cells.get(name, np.zeros(size + 1)), float)
    if numbers.shape != (size + 1,) or not np.isfinite(numbers).all():
        raise ScoringError(f"The network's “{name}” is not {size + 1} finite numbers. It is left out.")
    return numbers


def _pairs(cells: Cells, name: str) -> np.ndarray:
    numbers = _cell(cells, name, 2)[1:]
    if numbers[1] < 0:
        raise ScoringError(f"The network's “{name}” counts {numbers[1]:g} pairs of answers. It is left out.")
    return numbers


def _columns(cells: Cells, name: str) -> np.ndarray:
    numbers = _cell(cells, name, COLUMNS)[1:]
    if (numbers < 0).any():
        raise ScoringError(f"The network's “{name}” has a column below zero. It is left out.")
    return numbers


def _check(moments: np.ndarray, patients: np.ndarray, squared: np.ndarray) -> None:
    lowest = np.linalg.eigvalsh(moments[:, 0])[:, 0]
    largest = np.abs(moments[:, 0]).max(axis=(1, 2))
    answers = moments[:, 0, 0, 0]
    if (lowest < NEARLY_NEGATIVE * largest).any() or (answers < patients).any() or (squared < 0).any():
        raise ScoringError("The network's sums of a stretch are those of no patients. They are left out.")


def _width(moments: np.ndarray, rest: np.ndarray) -> WidthSums:
    squared, through, absolute = rest[:, 0], rest[:, 1], rest[:, 2:]
    by_knot = np.append(squared - through, 0.0) + np.append(0.0, through)
    return WidthSums(
        np.stack([knot_weights(moments), by_knot]), moments[:, 0, :-1, :-1].sum(axis=0), absolute.sum(axis=0)
    )


def knot_weights(moments: np.ndarray) -> np.ndarray:
    """Length-K hat weights of the visits behind the moments: of each stretch to its two knots."""
    through = moments[:, 1, 0, 0]
    before = np.append(moments[:, 0, 0, 0] - through, 0.0)
    return before + np.append(0.0, through)


def fine(columns: np.ndarray, scale: Scale, patients: float) -> ResidualCounts:
    """Counts by 160 predictions and 240 residuals, the same at every prediction."""
    shape = np.repeat(columns / FINE, FINE)
    cells = np.full(PREDICTED_CELLS, 1 / PREDICTED_CELLS)
    centres = scale.lowest + (np.arange(PREDICTED_CELLS) + 0.5) / PREDICTED_CELLS * (scale.highest - scale.lowest)
    return ResidualCounts(
        scale.lowest, scale.highest, cells[:, None] * shape, cells * shape.sum() * centres, float(patients)
    )
