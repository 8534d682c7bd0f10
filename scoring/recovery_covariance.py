"""How long a patient's deviation from the mean course lasts."""

from dataclasses import dataclass

import numpy as np

from scoring.recovery_basis import hats

# Lags in days between two visits of one patient, and time constants tried for what fades.
LAG_EDGES = np.array([0, 2, 5, 10, 18, 25, 32, 46, 60, 80, 105, 150, 200, 270, 400, 5000], float)
FADING_DAYS = np.array([5, 10, 20, 40, 60, 90, 130, 200, 350], float)
PSEUDO_PATIENTS = 20
SMALLEST_NOISE = 0.03
NEARLY_SINGULAR = 1e-4  # levels that never fade are the same at all knots, and their covariance has no inverse


@dataclass(frozen=True)
class LagSums:
    """
    Additive sums over pairs of visits of one patient, by lag: products of standardised residuals, lags, pairs.

    Parameters
    ----------
    sums : 3 × lags
    """

    sums: np.ndarray

    def __add__(self, other: "LagSums") -> "LagSums":
        return LagSums(self.sums + other.sums)

    def __mul__(self, weight: float) -> "LagSums":
        return LagSums(self.sums * weight)


@dataclass(frozen=True)
class Kernel:
    """Correlation of a patient's true levels by lag: lasting + fading·exp(−lag / days); the rest of 1 is noise."""

    lasting: float
    fading: float
    days: float

    def between(self, day: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Broadcasts."""
        return self.lasting + self.fading * np.exp(-np.abs(day - other) / self.days)


# Before any patient: three fifths of the variance stay, a fifth fades, a fifth is noise of one answer.
PRIOR_KERNEL = Kernel(0.6, 0.2, 60.0)
PRIOR_LAGS = np.array([1.0, 60.0, 180.0])


@dataclass(frozen=True)
class Memory:
    """
    How the levels of one patient on two days hang together, in SDs.

    Parameters
    ----------
    knots : days
    kernel : correlation by lag alone
    at_knots : K × K covariance of the levels at the knots, where the data say otherwise than the kernel

    Notes
    -----
    Between the knots the kernel's own conditional process is kept, and only what it says of the knots is replaced. Both
    parts are covariances, so their sum is one on any days, however sparse the data behind `at_knots`.
    """

    knots: tuple[int, ...]
    kernel: Kernel
    at_knots: np.ndarray

    def covariance(self, day: np.ndarray, other: np.ndarray) -> np.ndarray:
        """n × v × w covariance of the levels on n × v and n × w days; an answer adds its noise."""
        knots = np.asarray(self.knots, float)
        by_kernel = self.kernel.between(knots[:, None], knots)
        from_knots = np.linalg.inv(by_kernel + NEARLY_SINGULAR * np.eye(len(knots)))
        here, there = self.kernel.between(day[..., None], knots), self.kernel.between(other[..., None], knots)
        replaced = from_knots @ (self.at_knots + by_kernel) @ from_knots - 2 * from_knots
        return self.kernel.between(day[:, :, None], other[:, None, :]) + here @ replaced @ np.swapaxes(there, 1, 2)


def lag_sums(standardised: np.ndarray, day: np.ndarray) -> LagSums:
    """The sums of all pairs of n × v standardised residuals (NaN without an answer)."""
    sums = np.zeros((3, len(LAG_EDGES) - 1))
    for step in range(1, standardised.shape[1]):
        product = standardised[:, step:] * standardised[:, :-step]
        pairs = ~np.isnan(product)
        lag = (day[:, step:] - day[:, :-step])[pairs]
        cell = np.searchsorted(LAG_EDGES, lag, side="right") - 1
        weights = (product[pairs], lag, np.ones(len(lag)))
        sums += [np.bincount(cell, values, len(LAG_EDGES) - 1) for values in weights]
    return LagSums(sums)


def fit_kernel(sums: LagSums) -> Kernel:
    """Lasting and fading shares by least squares on the lag correlations, shrunk to the prior by 20 pseudo-patients."""
    product, lag, pairs = sums.sums
    seen = pairs > 0
    lag_mean = np.append(lag[seen] / pairs[seen], PRIOR_LAGS)
    correlation = np.append(product[seen] / pairs[seen], PRIOR_KERNEL.between(PRIOR_LAGS, 0.0))
    weight = np.append(pairs[seen], np.full(3, PSEUDO_PATIENTS / 3))
    lasting, fading, misfit = best_shares(correlation, lag_mean, weight)
    best = misfit.argmin()
    shrink = min(1.0, (1.0 - SMALLEST_NOISE) / max(lasting[best] + fading[best], 1e-9))
    return Kernel(float(lasting[best] * shrink), float(fading[best] * shrink), float(FADING_DAYS[best]))


def best_shares(correlation: np.ndarray, lag: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
    """(lasting, fading, misfit) for every time constant: weighted least squares with neither share below 0."""
    fade = np.exp(-lag / FADING_DAYS[:, None])
    ones, once, twice = weight.sum(), fade @ weight, fade**2 @ weight
    level, falling = correlation @ weight, fade @ (correlation * weight)
    fading = np.maximum((ones * falling - once * level) / np.maximum(ones * twice - once**2, 1e-12), 0.0)
    lasting = (level - once * fading) / ones
    fading = np.where(lasting < 0, np.maximum(falling / twice, 0.0), fading)
    lasting = np.maximum(lasting, 0.0)
    misfit = (correlation - lasting[:, None] - fading[:, None] * fade) ** 2 @ weight
    return lasting, fading, misfit


def knot_sums(standardised: np.ndarray, day: np.ndarray, kernel: Kernel, knots: tuple[int, ...]) -> np.ndarray:
    """2 × K × K additive sums over pairs: what the kernel left unexplained, by the knots near both visits; weights."""
    sums = np.zeros((2, len(knots), len(knots)))
    for step in range(1, standardised.shape[1]):
        product = standardised[:, :-step] * standardised[:, step:]
        pairs = ~np.isnan(product)
        first, second = day[:, :-step][pairs], day[:, step:][pairs]
        unexplained = product[pairs] - kernel.between(first, second)
        here, there = hats(first, knots), hats(second, knots)
        sums += (here * unexplained[:, None]).T @ there, here.T @ there
    return sums + np.swapaxes(sums, 1, 2)


def fit_memory(kernel: Kernel, sums: np.ndarray, knots: tuple[int, ...]) -> Memory:
    """The kernel at the knots, moved to what pairs of visits near them show: by half at 20 pairs, then more."""
    days = np.asarray(knots, float)
    unexplained, pairs = sums
    moved = kernel.between(days[:, None], days) + unexplained / (pairs + PSEUDO_PATIENTS)
    values, vectors = np.linalg.eigh(moved)
    clipped = (vectors * np.maximum(values, 1e-4)) @ vectors.T
    too_much = np.sqrt(np.maximum(np.diag(clipped) / (1.0 - SMALLEST_NOISE), 1.0))
    return Memory(knots, kernel, clipped / np.outer(too_much, too_much))
