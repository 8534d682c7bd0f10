"""A curve as it is read: as drawn between the days there is evidence for, and the two tests of an answer."""

from dataclasses import dataclass

import numpy as np

from scoring.band_conformal import LEVELS, share_below
from scoring.recovery import RecoveryCurve
from scoring.recovery_courses import Courses
from scoring.recovery_flags import worse_shares

WINDOW = 14  # days after the last day with evidence in which something is still expected


@dataclass(frozen=True)
class DrawnCurve:
    """
    A curve beside the days on which there is evidence for it.

    Parameters
    ----------
    curve : mean, spread and memory
    days : rising; the band is drawn through them, from the own baseline score on day 0
    """

    curve: RecoveryCurve
    days: tuple[int, ...]

    @property
    def first_day(self) -> int:
        return self.days[0]

    @property
    def last_day(self) -> int:
        return self.days[-1] + WINDOW

    def expected(self, day: np.ndarray, baseline: np.ndarray, x: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """
        The band from baseline, n × len(levels); NaN before day 0, after the last day, and without a baseline.

        Straight between the days, as it is drawn; up to the first one a cone that opens at the own baseline.
        """
        edges = np.array([0, *self.days], float)
        expected = np.full((len(day), len(levels)), np.nan)
        known = np.flatnonzero((day >= 0) & (day <= self.last_day) & ~np.isnan(baseline))
        left = np.clip(np.searchsorted(edges, day[known], side="right") - 1, 0, len(edges) - 1)
        right = np.minimum(left + 1, len(edges) - 1)
        through = np.clip((day[known] - edges[left]) / np.maximum(edges[right] - edges[left], 1.0), 0.0, 1.0)
        ends = [self._on(edges[end], baseline[known], x[known], levels) for end in (left, right)]
        expected[known] = ends[0] * (1 - through)[:, None] + ends[1] * through[:, None]
        return expected

    def share_below(self, day: np.ndarray, baseline: np.ndarray, x: np.ndarray, score: np.ndarray) -> np.ndarray:
        """Length-n share of similar patients below each score, ties half; it inverts ``expected``. NaN on day 0."""
        grid = self.expected(day, baseline, x, LEVELS)
        scale = self.curve.scale
        return np.where(day > 0, share_below(grid, score, (scale.lowest, scale.highest), self.curve.step), np.nan)

    def with_evidence(self, courses: Courses) -> Courses:
        """The courses without answers on days the curve knows nothing of."""
        inside = (courses.day >= self.first_day) & (courses.day <= self.last_day)
        return Courses(courses.baseline, courses.x, courses.day, np.where(inside, courses.score, np.nan))

    def may_be_off(self, day: np.ndarray) -> np.ndarray:
        """Whether an answer of that day can be off: near the tip of the cone everybody would be rare."""
        return np.asarray(day) >= self.first_day / 2

    def judged_shares(self, courses: Courses, mdc: float) -> tuple[np.ndarray, np.ndarray]:
        """
        n × v shares of worse-off similar patients, given the earlier answers and from baseline, as flags are raised.

        1 for an answer that cannot be off by the test: of a day without evidence, too near to day 0, the first one
        (nothing earlier), or less than `mdc` points (NaN: none is cited) worse than expected. NaN without an answer.
        """
        limit = 0.0 if np.isnan(mdc) else mdc
        following, baseline = np.full(courses.score.shape, np.nan), np.full(courses.score.shape, np.nan)
        following[courses.answered] = baseline[courses.answered] = 1.0
        for shares, (test, deviation) in ((following, self._given(courses)), (baseline, self._from_start(courses))):
            counts = (deviation >= limit) & self.may_be_off(courses.day) & ~np.isnan(test)
            shares[counts] = test[counts]
        return following, baseline

    def _given(self, courses: Courses) -> tuple[np.ndarray, np.ndarray]:
        """n × v: share, and points worse than the earlier answers let expect; NaN for the first answer."""
        usable = self.with_evidence(courses)
        share, expected = self.curve.next_answers(usable)
        first = usable.answered & (np.cumsum(usable.answered, axis=1) == 1)
        higher = self.curve.scale.higher_is_better
        worse = (1.0 if higher else -1.0) * (expected - usable.score)
        return np.where(first, np.nan, worse_shares(share, higher)), worse

    def _from_start(self, courses: Courses) -> tuple[np.ndarray, np.ndarray]:
        """n × v: share, and points worse than the middle of the band from baseline."""
        patient, visit = np.nonzero(courses.answered)
        one, day, score = courses[patient], courses.day[patient, visit], courses.score[patient, visit]
        share, middle = np.full(courses.score.shape, np.nan), np.full(courses.score.shape, np.nan)
        share[patient, visit] = self.share_below(day, one.baseline, one.x, score)
        middle[patient, visit] = self.expected(day, one.baseline, one.x, np.array([0.5]))[:, 0]
        higher = self.curve.scale.higher_is_better
        return worse_shares(share, higher), (1.0 if higher else -1.0) * (middle - courses.score)

    def _on(self, day: np.ndarray, baseline: np.ndarray, x: np.ndarray, levels: np.ndarray) -> np.ndarray:
        later = self.curve.expected(day, baseline, x, np.asarray(levels))
        return np.where(day[:, None] > 0, later, baseline[:, None])
