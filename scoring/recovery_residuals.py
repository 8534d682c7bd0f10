"""From courses and their out-of-fold expectations to the sums that spread, memory and bands are read from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from scoring.recovery_bands import nearest_knot
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_covariance import LagSums, Memory
from scoring.recovery_histogram import ResidualCounts, count_residuals
from scoring.recovery_sums import ResidualSums
from scoring.recovery_update import given_answers, surprises
from scoring.recovery_width import WidthSums

LONGEST_HISTORY = 6


@dataclass(frozen=True)
class Judged:
    """
    Courses beside what was expected of them by a fit that had not seen them; arrays are n × v.

    Parameters
    ----------
    courses, scale : the patients and their scale
    predicted : mean from baseline, points
    sd : SD around it, points
    standardised : (score − predicted) / sd, whole-number scores spread over ± half a point; NaN without an answer
    """

    courses: Courses
    scale: Scale
    predicted: np.ndarray
    sd: np.ndarray
    standardised: np.ndarray

    def of(self, rows: np.ndarray, known: np.ndarray) -> "Judged":
        """Of some courses the answers that `known` (rows × v) leaves; the rest is as unanswered."""
        courses = self.courses[rows]
        courses = Courses(courses.baseline, courses.x, courses.day, np.where(known, courses.score, np.nan))
        standardised = np.where(known, self.standardised[rows], np.nan)
        return Judged(courses, self.scale, self.predicted[rows], self.sd[rows], standardised)

    @property
    def limits(self) -> tuple[float, float]:
        return self.scale.lowest, self.scale.highest


def residual_sums(judged: Judged, width: WidthSums, lags: LagSums, knots: np.ndarray, memory: Memory) -> ResidualSums:
    """The sums of a stratum; `width`, `lags` and `knots` are known from fitting the memory."""
    return ResidualSums(
        width, lags, knots, counts_by_knot(judged), counts_after(judged, memory), counts_next(judged, memory)
    )


def counts_by_knot(judged: Judged) -> tuple[ResidualCounts, ...]:
    """Residuals from baseline, near each knot."""
    known = judged.courses.answered
    patient, predicted, residual = np.nonzero(known)[0], judged.predicted[known], judged.standardised[known]
    knot = nearest_knot(judged.courses.day[known], judged.scale.knots)
    near = [knot == k for k in range(len(judged.scale.knots))]
    return tuple(
        count_residuals(predicted[rows], residual[rows], len(np.unique(patient[rows])), judged.limits) for rows in near
    )


def counts_next(judged: Judged, memory: Memory) -> ResidualCounts:
    """Each answer against what all the answers before it let expect."""
    known = judged.courses.answered
    surprise, step_sd = surprises(judged.standardised, judged.courses.day, memory)
    predicted = judged.predicted + judged.sd * (judged.standardised - step_sd * surprise)
    return count_residuals(predicted[known], surprise[known], len(judged.courses), judged.limits)


def counts_after(judged: Judged, memory: Memory) -> ResidualCounts:
    """Every later answer against the first visit, the first two, … the first six."""
    total = count_residuals(np.empty(0), np.empty(0), 0, judged.limits)
    for _, predicted, residual in residuals_after(judged, memory):
        total = total + count_residuals(predicted.ravel(), residual.ravel(), 0, judged.limits)
    return replace(total, patients=len(judged.courses))


def residuals_after(judged: Judged, memory: Memory) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """By number of known visits: whose (a mask of the patients), predictions and residuals of their later visits."""
    visits = judged.standardised.shape[1]
    for history in range(1, min(LONGEST_HISTORY, visits - 1) + 1):
        yield residuals_given(judged, memory, slice(0, history), slice(history, visits))


def residuals_given(
    judged: Judged, memory: Memory, known: slice, later: slice
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The `later` visits given the answers of the `known` ones, of patients who have one there."""
    rows = judged.courses.answered[:, known].any(axis=1)
    day, standardised = judged.courses.day[rows], judged.standardised[rows]
    mean, sd = given_answers(standardised[:, known], day[:, known], day[:, later], memory)
    predicted = judged.predicted[rows, later] + judged.sd[rows, later] * mean
    return rows, predicted, (standardised[:, later] - mean) / sd
