"""Fit the curve of a stratum: mean, spread and bands, each judged on patients it was not fitted with."""

from dataclasses import dataclass

import numpy as np

from scoring.recovery import RecoveryCurve
from scoring.recovery_bands import TimeBands
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_covariance import LagSums, Memory, fit_kernel, fit_memory, knot_sums, lag_sums
from scoring.recovery_mean import MeanCourse, fit_coefficients
from scoring.recovery_moments import Moments, moments_of
from scoring.recovery_residuals import Judged, residual_sums
from scoring.recovery_sums import CurveSums, ResidualSums
from scoring.recovery_width import WidthSums, fit_width, width_sums

FOLDS = 5
FEWEST_PATIENTS = 50


@dataclass(frozen=True)
class Prior:
    """
    What is believed of a stratum before its own patients: from the network or from the literature.

    Parameters
    ----------
    coefficients : length-P mean of the mean course's coefficients
    precision : P × P, how firmly (1 / points²)
    residuals : sums worth a few patients
    residual_sd : points; how much one visit weighs against the prior
    """

    coefficients: np.ndarray
    precision: np.ndarray
    residuals: ResidualSums
    residual_sd: float


def fit_curve(courses: Courses, scale: Scale, seed: int = 1, prior: Prior | None = None) -> RecoveryCurve | None:
    """
    Fit one stratum.

    Parameters
    ----------
    courses : n patients with their follow-up answers; those without one do not count
    scale : direction, range and knots
    seed : of the folds and of the spreading of whole-number scores over ± half a point
    prior : see ``recovery_pool``; without one at least 50 patients are needed

    Returns
    -------
    RecoveryCurve, or None under 50 patients without a prior: "no curve yet"
    """
    courses = courses[courses.answered.any(axis=1)]
    if prior is None and len(courses) < FEWEST_PATIENTS:
        return None
    sums = curve_sums(courses, scale, seed, prior)
    return curve_from_sums(sums, scale, whole_numbers(courses.score), prior)


@dataclass(frozen=True)
class OutOfFold:
    """
    Courses judged by fits that had not seen them, and what is fitted on the way.

    Parameters
    ----------
    moments : of all patients
    judged : each answer beside what was expected of it
    width, lags, knots, memory : see ``ResidualSums``; memory, what follows from lags and knots (and the prior)
    """

    moments: Moments
    judged: Judged
    width: WidthSums
    lags: LagSums
    knots: np.ndarray
    memory: Memory


def curve_sums(courses: Courses, scale: Scale, seed: int = 1, prior: Prior | None = None) -> CurveSums:
    """The sums of a stratum of any size; its residuals are out of fold."""
    seen = judged_out_of_fold(courses, scale, seed, prior)
    return CurveSums(seen.moments, residual_sums(seen.judged, seen.width, seen.lags, seen.knots, seen.memory))


def judged_out_of_fold(courses: Courses, scale: Scale, seed: int = 1, prior: Prior | None = None) -> OutOfFold:
    """Every course judged by a fit on the other folds."""
    rng = np.random.default_rng(seed)
    moments, predicted = out_of_fold(courses, scale, rng.permutation(len(courses)) % FOLDS, prior)
    spread_out = whole_numbers(courses.score) * rng.uniform(-0.5, 0.5, courses.score.shape)
    residual, z = courses.score + spread_out - predicted, scale.standardised(courses.baseline)
    widths = width_sums(residual, courses.day, z, courses.x, scale.knots)
    sd = fit_width(widths if prior is None else widths + prior.residuals.width, scale.knots).at(
        courses.day, z, courses.x
    )
    standardised = residual / sd
    lags = lag_sums(standardised, courses.day)
    kernel = fit_kernel(lags if prior is None else lags + prior.residuals.lags)
    knots = knot_sums(standardised, courses.day, kernel, scale.knots)
    memory = fit_memory(kernel, knots if prior is None else knots + prior.residuals.knots, scale.knots)
    return OutOfFold(moments, Judged(courses, scale, predicted, sd, standardised), widths, lags, knots, memory)


def curve_from_sums(sums: CurveSums, scale: Scale, step: float, prior: Prior | None = None) -> RecoveryCurve:
    """The curve of any sums: a tenant's, several tenants' together, or either of them on top of a prior."""
    residuals = sums.residuals if prior is None else sums.residuals + prior.residuals
    width = fit_width(residuals.width, scale.knots)
    return RecoveryCurve(
        MeanCourse.from_coefficients(scale, coefficients_of(sums.moments, scale, prior)),
        width,
        fit_memory(fit_kernel(residuals.lags), residuals.knots, scale.knots),
        TimeBands.from_counts(scale.knots, residuals.by_knot, residuals.following.patients),
        residuals.after.quantiles(),
        residuals.following.quantiles(),
        step,
        int(sums.patients),
    )


def coefficients_of(moments: Moments, scale: Scale, prior: Prior | None) -> np.ndarray:
    if prior is None:
        return fit_coefficients(moments, scale)
    return fit_coefficients(moments, scale, prior.residual_sd, (prior.coefficients, prior.precision))


def out_of_fold(courses: Courses, scale: Scale, fold: np.ndarray, prior: Prior | None) -> tuple[Moments, np.ndarray]:
    """All patients' moments, and n × v expectations each by a fit without the patient's own fold."""
    parts = [moments_of(courses[fold == number], scale) for number in range(FOLDS)]
    whole = sum(parts[1:], parts[0])
    predicted = np.empty(courses.score.shape)
    for number, part in enumerate(parts):
        mine = courses[fold == number]
        mean = MeanCourse.from_coefficients(scale, coefficients_of(whole - part, scale, prior))
        predicted[fold == number] = mean.at(mine.day, mine.baseline, mine.x)
    return whole, predicted


def whole_numbers(score: np.ndarray) -> float:
    """1.0 when every known score is a whole number, else 0.0."""
    known = score[~np.isnan(score)]
    return float(np.array_equal(known, np.round(known)))
