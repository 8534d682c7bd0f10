"""What one clinic expects of one stratum: its curve, where it may be read, and what has been learnt of its flags."""

import json
from dataclasses import asdict, dataclass

import numpy as np

from scoring.errors import ScoringError
from scoring.recovery_drawn import DrawnCurve
from scoring.recovery_flags import FlagThresholds
from scoring.recovery_goal import FlagRecord, Goal
from scoring.recovery_store import VERSION, curve_as_dict, curve_from_dict

CHART_LEVELS = (0.10, 0.25, 0.50, 0.75, 0.90)


@dataclass(frozen=True)
class StratumCurve(DrawnCurve):
    """
    A curve, the days it is drawn through, and what is behind it.

    Parameters
    ----------
    curve, days : see ``DrawnCurve``
    n : of each day, the real patients who answered near it (own ones and the network's); published ones not counted
    mix : length-3 shares per day that rest on the clinic's own patients, the network, the literature
    thresholds : how rare an answer must be to be a flag, by chosen rate
    goal : what "unlikely to reach the goal" asks, None where no goal can be judged on one person
    record : how that flag has turned out before
    """

    n: tuple[int, ...]
    mix: tuple[tuple[float, float, float], ...]
    thresholds: FlagThresholds
    goal: Goal | None
    record: FlagRecord

    def points(self, baseline: np.ndarray, x: np.ndarray) -> tuple[list[int], np.ndarray]:
        """The days of the chart and n × days × 5 quantiles: day 0, each day, and the last day anything is expected."""
        days = [0, *self.days, self.last_day]
        each = [self.expected(np.full(len(baseline), float(day)), baseline, x, CHART_LEVELS) for day in days]
        return days, np.stack(each, axis=1).round(2)

    def n_at(self, day: np.ndarray) -> np.ndarray:
        """Length-n number of patients behind the day nearest to each; NaN where only published courses are."""
        n = np.array(self.n, float)[self._nearest(day)]
        return np.where(n > 0, n, np.nan)

    def mix_at(self, day: np.ndarray) -> np.ndarray:
        """n × 3 shares: own clinic, network, literature."""
        return np.array(self.mix)[self._nearest(day)]

    def _nearest(self, day: np.ndarray) -> np.ndarray:
        return np.abs(np.asarray(day, float)[:, None] - np.array(self.days)).argmin(axis=1)

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
