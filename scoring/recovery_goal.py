"""Will this patient reach the goal? A calibrated chance, and how often a low one came true."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from scoring.band_conformal import LEVELS, share_below
from scoring.recovery import RecoveryCurve
from scoring.recovery_courses import Courses


@dataclass(frozen=True)
class Goal:
    """
    What a patient is hoped to reach.

    Parameters
    ----------
    kind : MCID, MIC or SCB (a change for the better of `value` points) or PASS (a state as good as `value`)
    value : points; a change is never smaller than the measurement error of one person
    day : by which
    title : in words, "an important gain"
    """

    kind: str
    value: float
    day: int
    title: str


@dataclass(frozen=True)
class FlagRecord:
    """
    How a low chance has turned out: counts that add up.

    Parameters
    ----------
    flagged, missed : patients flagged "unlikely", and those of them who did miss the goal
    unflagged, unflagged_missed : the same of patients who were not flagged
    """

    flagged: int
    missed: int
    unflagged: int
    unflagged_missed: int

    def __add__(self, other: "FlagRecord") -> "FlagRecord":
        return FlagRecord(
            self.flagged + other.flagged,
            self.missed + other.missed,
            self.unflagged + other.unflagged,
            self.unflagged_missed + other.unflagged_missed,
        )

    def predictive_value(self) -> tuple[float, float, float]:
        """(share, low, high) of flagged patients who missed the goal, 95 % Clopper-Pearson; NaN without any."""
        if not self.flagged:
            return np.nan, 0.0, 1.0
        low, high = betaincinv(
            [self.missed, self.missed + 1], [self.flagged - self.missed + 1, self.flagged - self.missed], [0.025, 0.975]
        )
        return self.missed / self.flagged, float(np.nan_to_num(low, nan=0.0)), float(np.nan_to_num(high, nan=1.0))

    def sensitivity(self) -> float:
        """Share of all who missed the goal that had been flagged; NaN when nobody missed it."""
        everybody = self.missed + self.unflagged_missed
        return self.missed / everybody if everybody else np.nan


def goal_scores(kind: str, value: float, baseline: np.ndarray, higher_is_better: bool) -> np.ndarray:
    """
    Length-n score each patient must reach: a state (PASS) is one for all, a change (MCID, SCB) adds to the baseline.

    >>> goal_scores("MCID", 8, np.array([20.0, 44.0]), higher_is_better=True).tolist()
    [28.0, 52.0]
    """
    if kind == "PASS":
        return np.full(len(baseline), float(value))
    return np.asarray(baseline, float) + (value if higher_is_better else -value)


def goal_chance(curve: RecoveryCurve, courses: Courses, day: float, goal: np.ndarray) -> np.ndarray:
    """
    Length-n chance (0–1) of a score as good as the goal or better on `day`, given the answers so far.

    A goal beyond the end of the scale has chance 0: such a baseline cannot improve by that much.
    """
    days = np.full(len(courses), float(day))
    grid = curve.expected_after(courses, days, LEVELS)
    scale, limits = curve.scale, (curve.scale.lowest, curve.scale.highest)
    edge = goal - curve.step / 2 if scale.higher_is_better else goal + curve.step / 2
    below = share_below(grid, edge, limits, 0.0)
    chance = 1.0 - below if scale.higher_is_better else below
    beyond = goal > scale.highest if scale.higher_is_better else goal < scale.lowest
    return np.where(beyond, 0.0, chance)


def record_of(chance: np.ndarray, reached: np.ndarray, chance_at_most: float) -> FlagRecord:
    """How the flag has done on patients whose end is known; `reached` is 1, 0 or NaN."""
    known = ~np.isnan(reached) & ~np.isnan(chance)
    flagged, missed = chance[known] <= chance_at_most, reached[known] == 0
    counts = flagged.sum(), (flagged & missed).sum(), (~flagged).sum(), (~flagged & missed).sum()
    return FlagRecord(*map(int, counts))
