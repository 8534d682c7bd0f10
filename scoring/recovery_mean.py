"""The mean course: a broken stick whose height and slope on the baseline bend at the knots, plus covariates."""

from dataclasses import dataclass

import numpy as np

from scoring.recovery_basis import Scale, lateness
from scoring.recovery_courses import Courses
from scoring.recovery_moments import Moments

# What is believed before any patient, in shares of the scale's width (SDs of a normal prior). Wide: with a hundred
# patients they cannot be told from no prior; they only keep five patients from inventing a bend.
BEND_OF_HEIGHT = 0.20
BASELINE_SLOPE = 0.20
STEP_OF_SLOPE = 0.05
COVARIATE = 0.10
COVARIATE_BY_TIME = 0.03
RESIDUAL = 0.16  # residual SD as a share of the width, where it is not yet known


@dataclass(frozen=True)
class MeanCourse:
    """
    m(t) = Σ_k w_k(t) (α_k + β_k z) + γ'x + δ'x·s(t), in points of the scale.

    Parameters
    ----------
    scale : the scale and its knots
    height, slope : length-K α and β
    effect, effect_by_time : length-p γ and δ; s(t) runs from −1 at the first knot to 1 at the last
    """

    scale: Scale
    height: np.ndarray
    slope: np.ndarray
    effect: np.ndarray
    effect_by_time: np.ndarray

    @classmethod
    def from_coefficients(cls, scale: Scale, coefficients: np.ndarray) -> "MeanCourse":
        k = len(scale.knots)
        effect, by_time = np.split(coefficients[2 * k :], 2)
        return cls(scale, coefficients[:k], coefficients[k : 2 * k], effect, by_time)

    @property
    def coefficients(self) -> np.ndarray:
        return np.concatenate([self.height, self.slope, self.effect, self.effect_by_time])

    def at(self, day: np.ndarray, baseline: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Expected scores, not clipped: length-n for length-n days, n × v for n × v days."""
        return sum(self.parts(day, baseline, x))

    def parts(self, day: np.ndarray, baseline: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What of the expectation is the average patient's course, what the own baseline's, what the covariates'."""
        knots = np.asarray(self.scale.knots, float)
        per_row = (slice(None),) + (None,) * (np.ndim(day) - 1)
        height, slope, late = (
            np.interp(day, knots, values) for values in (self.height, self.slope, lateness(self.scale.knots))
        )
        fixed, growing = (x @ self.effect)[per_row], (x @ self.effect_by_time)[per_row]
        return height, slope * self.scale.standardised(baseline)[per_row], fixed + growing * late

    def residuals(self, courses: Courses) -> np.ndarray:
        """n × v score − expectation, NaN without a score."""
        return courses.score - self.at(courses.day, courses.baseline, courses.x)


def fit_coefficients(
    moments: Moments, scale: Scale, residual_sd: float | None = None, prior: tuple[np.ndarray, np.ndarray] | None = None
) -> np.ndarray:
    """
    Ridge coefficients of one or many strata, in closed form.

    Parameters
    ----------
    moments : leading axes are strata
    residual_sd : points; how much one visit weighs against the prior
    prior : (mean, precision) of the coefficients, … × P and … × P × P in points; default: the wide one above

    Returns
    -------
    … × P, P = 2K + 2p
    """
    squares, products = normal_equations(moments, scale)
    variance = (residual_sd or RESIDUAL * (scale.highest - scale.lowest)) ** 2
    mean, precision = prior or (np.zeros(products.shape[-1]), wide_precision(scale, moments.covariates))
    right = products / variance + (precision @ mean[..., None])[..., 0]
    return np.linalg.solve(squares / variance + precision, right[..., None])[..., 0]


def normal_equations(moments: Moments, scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    """X'X (… × P × P) and X'y (… × P) of the broken stick."""
    entry, c0, c1 = columns(scale, moments.covariates)
    products_of_v = moments.sums[..., entry[:, None], entry]
    crossed = c0[:, :, None] * c1[:, None, :]
    weights = np.stack(
        [c0[:, :, None] * c0[:, None, :], crossed + np.swapaxes(crossed, 1, 2), c1[:, :, None] * c1[:, None, :]], 1
    )
    squares = (products_of_v * weights).sum(axis=(-4, -3))
    scores = moments.sums[..., entry, -1]
    products = (scores[..., 0, :] * c0 + scores[..., 1, :] * c1).sum(axis=-2)
    return squares, products


def columns(scale: Scale, covariates: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each model column: its entry of v (length-P), and per stretch c₀ and c₁ (stretches × P) of c₀ + c₁a."""
    k, late = len(scale.knots), lateness(scale.knots)
    entry = np.concatenate([np.zeros(k, int), np.ones(k, int), np.tile(np.arange(2, 2 + covariates), 2)])
    stretch = np.arange(k - 1)
    here, next_one = np.eye(k)[:-1], np.eye(k)[1:]
    ones, start = np.ones((k - 1, covariates)), np.tile(late[stretch, None], covariates)
    step = np.tile((late[1:] - late[:-1])[:, None], covariates)
    fixed = np.hstack([here, here, ones, start])
    rising = np.hstack([next_one - here, next_one - here, 0 * ones, step])
    return entry, fixed, rising


def wide_precision(scale: Scale, covariates: int) -> np.ndarray:
    """P × P prior precision: bends of the height, steps of the slope, and covariate effects are small."""
    k, width = len(scale.knots), scale.highest - scale.lowest
    size = 2 * k + 2 * covariates
    precision = np.eye(size) * (1e-3 / width) ** 2
    bends, steps = np.diff(np.eye(k), 2, axis=0), np.diff(np.eye(k), axis=0)
    precision[:k, :k] += bends.T @ bends / (BEND_OF_HEIGHT * width) ** 2
    slope = slice(k, 2 * k)
    precision[slope, slope] += (
        steps.T @ steps / (STEP_OF_SLOPE * width) ** 2 + np.eye(k) / (BASELINE_SLOPE * width) ** 2
    )
    sds = np.repeat([COVARIATE, COVARIATE_BY_TIME], covariates) * width
    precision[2 * k :, 2 * k :] += np.diag(1 / sds**2)
    return precision
