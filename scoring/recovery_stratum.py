"""What one clinic expects of one stratum: its curve, where it may be read, and what has been learnt of its flags."""

import json
from dataclasses import asdict, dataclass

import numpy as np

from scoring.band_conformal import LEVELS, share_below
from scoring.errors import ScoringError
from scoring.recovery import RecoveryCurve
from scoring.recovery_courses import Courses
from scoring.recovery_flags import FlagThresholds
from scoring.recovery_goal import FlagRecord, Goal
from scoring.recovery_store import VERSION, curve_as_dict, curve_from_dict

WINDOW = 14  # days after the last day with evidence in which something is still expected
CHART_LEVELS = (0.10, 0.25, 0.50, 0.75, 0.90)


@dataclass(frozen=True)
class StratumCurve:
    """
    A curve beside the days on which there is evidence for it.

    Parameters
    ----------
    curve : mean, spread and memory
    days : rising; the band is drawn through them, from the own baseline score on day 0
    n : of each day, the real patients who answered near it (own ones and the network's); published ones not counted
    mix : length-3 shares per day that rest on the clinic's own patients, the network, the literature
    thresholds : how rare an answer must be to be a flag, by chosen rate
    goal : what "unlikely to reach the goal" asks, None where no goal can be judged on one person
    record : how that flag has turned out before
    """

    curve: RecoveryCurve
    days: tuple[int, ...]
    n: tuple[int, ...]
    mix: tuple[tuple[float, float, float], ...]
    thresholds: FlagThresholds
    goal: Goal | None
    record: FlagRecord

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

    def points(self, baseline: np.ndarray, x: np.ndarray) -> tuple[list[int], np.ndarray]:
        """The days of the chart and n × days × 5 quantiles: day 0, each day, and the last day anything is expected."""
        days = [0, *self.days, self.last_day]
        each = [self.expected(np.full(len(baseline), float(day)), baseline, x, CHART_LEVELS) for day in days]
        return days, np.stack(each, axis=1).round(2)

    def with_evidence(self, courses: Courses) -> Courses:
        """The courses without answers on days the curve knows nothing of."""
        inside = (courses.day >= self.first_day) & (courses.day <= self.last_day)
        return Courses(courses.baseline, courses.x, courses.day, np.where(inside, courses.score, np.nan))

    def n_at(self, day: np.ndarray) -> np.ndarray:
        """Length-n number of patients behind the day nearest to each; NaN where only published courses are."""
        n = np.array(self.n, float)[self._nearest(day)]
        return np.where(n > 0, n, np.nan)

    def mix_at(self, day: np.ndarray) -> np.ndarray:
        """n × 3 shares: own clinic, network, literature."""
        return np.array(self.mix)[self._nearest(day)]

    def _nearest(self, day: np.ndarray) -> np.ndarray:
        return np.abs(np.asarray(day, float)[:, None] - np.array(self.days)).argmin(axis=1)

    def _on(self, day: np.ndarray, baseline: np.ndarray, x: np.ndarray, levels: np.ndarray) -> np.ndarray:
        later = self.curve.expected(day, baseline, x, np.asarray(levels))
        return np.where(day[:, None] > 0, later, baseline[:, None])

    def to_json(self) -> str:
        """One line of aggregates; see ``recovery_store``."""
        stored = {
            "version": VERSION,
            "curve": curve_as_dict(self.curve),
            "days": self.days,
            "n": self.n,
            "mix": self.mix,
            "rates": self.thresholds.rates,
            "shares": self.thresholds.shares.tolist(),
            "goal": asdict(self.goal) if self.goal else None,
            "record": asdict(self.record),
        }
        return json.dumps(stored, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "StratumCurve":
        stored = json.loads(text)
        if stored.get("version") != VERSION:
            raise ScoringError(f"This curve is of version {stored.get('version')}, this program reads {VERSION}.")
        return cls(
            curve_from_dict(stored["curve"]),
            tuple(stored["days"]),
            tuple(stored["n"]),
            tuple(map(tuple, stored["mix"])),
            FlagThresholds(tuple(stored["rates"]), np.array(stored["shares"])),
            Goal(**stored["goal"]) if stored["goal"] else None,
            FlagRecord(**stored["record"]),
        )
