"""How far patients lie from the mean course, by day and by how hard they are to predict."""

from dataclasses import dataclass, fields

import numpy as np

from scoring.recovery_basis import hats

PSEUDO_PATIENTS = 20
# A patient's width is at most a factor of √2 off the average one. The square root is on purpose: the bands see part of
# the same difference, by predicted value. On NHS hips with the full factor the 80 % band covered .785, with none the
# deciles of the baseline ran from .767 to .813, with the root from .781 to .800.
LEAST, MOST, POWER = 0.5, 2.0, 0.5


@dataclass(frozen=True)
class WidthSums:
    """
    Additive sums over visits.

    Parameters
    ----------
    by_knot : 2 × K, hat weights, and hat weights times squared residuals
    squares : q × q of v v' with v = (1, z, x)
    absolute : length-q of v times the absolute residual in SDs
    """

    by_knot: np.ndarray
    squares: np.ndarray
    absolute: np.ndarray

    def __add__(self, other: "WidthSums") -> "WidthSums":
        return WidthSums(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __mul__(self, weight: float) -> "WidthSums":
        return WidthSums(*(getattr(self, f.name) * weight for f in fields(self)))


@dataclass(frozen=True)
class Width:
    """
    SD of the answers around the mean, in points: straight between the knots, times the patient's own factor.

    Parameters
    ----------
    knots : days
    sd : length-K, points
    factor : length-q coefficients on (1, z, x) of the absolute residual as a share of the average one
    """

    knots: tuple[int, ...]
    sd: np.ndarray
    factor: np.ndarray

    def on(self, day: np.ndarray) -> np.ndarray:
        """Of the average patient, of the shape of `day`."""
        return np.interp(day, np.asarray(self.knots, float), self.sd)

    def at(self, day: np.ndarray, z: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Of the shape of `day` (length-n or n × v), for n standardised baselines and n × p covariates."""
        share = np.clip(self.factor[0] + self.factor[1] * z + x @ self.factor[2:], LEAST, MOST) ** POWER
        return self.on(day) * share.reshape(-1, *(1,) * (np.ndim(day) - 1))


def width_sums(residual: np.ndarray, day: np.ndarray, z: np.ndarray, x: np.ndarray, knots: tuple) -> WidthSums:
    """The sums of n × v residuals in points; NaN without an answer."""
    known = ~np.isnan(residual)
    weights, seen = hats(day[known], knots), residual[known]
    by_knot = np.stack([weights.sum(axis=0), weights.T @ seen**2])
    v = np.column_stack([np.ones(len(z)), z, x])[np.nonzero(known)[0]]
    standardised = np.abs(seen) / (weights @ knot_sd(by_knot))
    return WidthSums(by_knot, v.T @ v, v.T @ standardised)


def fit_width(sums: WidthSums, knots: tuple[int, ...]) -> Width:
    """Per-knot SD, and a ridge of the absolute residual on z and x; shrunk to the average by 20 pseudo-patients."""
    n, first = max(sums.squares[0, 0], 1e-9), sums.squares[0, 1:]
    average = sums.absolute[0] / n or 1.0
    centred = sums.squares[1:, 1:] - np.outer(first, first) / n
    excess = sums.absolute[1:] / average - first
    slopes = np.linalg.solve(centred + PSEUDO_PATIENTS * np.eye(len(first)), excess)
    return Width(knots, knot_sd(sums.by_knot), np.append(1.0 - slopes @ first / n, slopes))


def knot_sd(by_knot: np.ndarray) -> np.ndarray:
    """Length-K SD, each knot shrunk to the overall one by 20 pseudo-patients."""
    weight, squares = by_knot
    overall = squares.sum() / max(weight.sum(), 1e-9)
    variance = (squares + PSEUDO_PATIENTS * overall) / (weight + PSEUDO_PATIENTS)
    return np.sqrt(np.maximum(variance, 1e-6))
