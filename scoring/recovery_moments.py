"""Sums from which a stratum's mean course is fitted; they add up over patients and tenants and name nobody."""

from dataclasses import dataclass

import numpy as np

from scoring.recovery_basis import Scale, segment_of
from scoring.recovery_courses import Courses


@dataclass(frozen=True)
class Moments:
    """
    Second moments of v = (1, z, x₁ … x_p, y) by stretch between two knots.

    z is the standardised baseline, y the score, a how far a visit is through its stretch. Every column of the broken
    stick is (c₀ + c₁a) times one entry of v, so these sums give X'X, X'y and y'y exactly, for any ridge.

    Parameters
    ----------
    sums : … × stretches × 3 × q × q, of v v', a v v' and a² v v'; leading axes are strata
    patients : … number of patients (not visits) behind them
    """

    sums: np.ndarray
    patients: np.ndarray

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.sums + other.sums, self.patients + other.patients)

    def __sub__(self, other: "Moments") -> "Moments":
        """Without the patients of `other`, as if they had never been there."""
        return Moments(self.sums - other.sums, self.patients - other.patients)

    @property
    def covariates(self) -> int:
        return self.sums.shape[-1] - 3


def moments_of(courses: Courses, scale: Scale) -> Moments:
    """The moments of one stratum."""
    patient, visit = np.nonzero(courses.answered)
    v = visit_vectors(courses, scale, patient, visit)
    segment, through = segment_of(courses.day[patient, visit], scale.knots)
    sums = grouped_moments(v, through, segment, len(scale.knots) - 1)
    return Moments(sums, np.array(len(np.unique(patient))))


def visit_vectors(courses: Courses, scale: Scale, patient: np.ndarray, visit: np.ndarray) -> np.ndarray:
    """m × q rows (1, z, x, y) of the visits at (patient, visit)."""
    z = scale.standardised(courses.baseline)[patient]
    return np.column_stack([np.ones(len(patient)), z, courses.x[patient], courses.score[patient, visit]])


def grouped_moments(v: np.ndarray, through: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """groups × 3 × q × q moments of m visit vectors by group number; what one SQL GROUP BY computes in the lake."""
    order = np.argsort(group, kind="stable")
    v, through = v[order], through[order, None]
    ends = np.searchsorted(group[order], np.arange(groups + 1))
    sums = np.zeros((groups, 3, v.shape[1], v.shape[1]))
    for number in range(groups):
        rows = slice(ends[number], ends[number + 1])
        once = v[rows] * through[rows]
        sums[number] = v[rows].T @ v[rows], v[rows].T @ once, once.T @ once
    return sums
