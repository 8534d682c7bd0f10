"""Has an expectation drifted? Two sums over the answers in the order they came, both ways."""

from dataclasses import dataclass

import numpy as np

from scoring.monitoring import PROMISED, design_effect, inside
from scoring.monitoring_rules import DriftLimit, MonitoringRules

ENOUGH_TO_COMPARE = 30  # answers; of fewer, nobody can say how much alike those of one patient are


@dataclass(frozen=True)
class Watch:
    """
    One two-sided CUSUM.

    Parameters
    ----------
    up, down : length-n paths: more than promised, less than promised
    limit : above it the expectation has drifted
    """

    up: np.ndarray
    down: np.ndarray
    limit: float

    @property
    def alarm(self) -> str:
        """ "up" or "down", whichever passed the limit first; "" where neither has."""
        over = np.flatnonzero((self.up > self.limit) | (self.down > self.limit))
        if not len(over):
            return ""
        return "up" if self.up[over[0]] > self.limit else "down"

    @property
    def nearness(self) -> float:
        """The highest point of either path as a share of the limit; over 1 = drifted."""
        return float(max(self.up.max(initial=0.0), self.down.max(initial=0.0)) / self.limit)


@dataclass(frozen=True)
class Drift:
    """
    Parameters
    ----------
    n : answers counted
    coverage : up = the range holds more than promised (too wide), down = less (too narrow)
    level : up = answers lie higher among similar patients than they should, down = lower
    """

    n: int
    coverage: Watch
    level: Watch

    @property
    def alarm(self) -> bool:
        return bool(self.coverage.alarm or self.level.alarm)

    @property
    def nearest(self) -> Watch:
        """The one of the two that has come nearer to its limit."""
        return max((self.coverage, self.level), key=lambda each: each.nearness)


def drift(pit: np.ndarray, patient: np.ndarray, rules: MonitoringRules) -> Drift:
    """
    Parameters
    ----------
    pit : length-n ``randomised_pit`` in the order of the answers, each of an expectation that has not seen it
    patient : length-n; the limits grow with how much answers of one patient resemble each other

    References
    ----------
    Page (1954), Continuous inspection schemes, doi 10.1093/biomet/41.1-2.100
    Dawid (1984), The prequential approach, doi 10.2307/2981683: forecasts are judged in order, by what came.
    """
    known = ~np.isnan(pit)
    pit, patient = pit[known], patient[known]
    away = inside(pit, PROMISED) - PROMISED, pit - 0.5
    return Drift(
        len(pit),
        *(_watch(each, patient, rule) for each, rule in zip(away, (rules.coverage, rules.level), strict=True)),
    )


def _watch(away: np.ndarray, patient: np.ndarray, rule: DriftLimit) -> Watch:
    alike = design_effect(away, patient) if len(away) >= ENOUGH_TO_COMPARE else 1.0
    return Watch(cusum(away - rule.slack), cusum(-away - rule.slack), rule.limit * alike)


def cusum(step: np.ndarray) -> np.ndarray:
    """max(0, running sum) that restarts at 0: the running sum above its own lowest value so far."""
    total = np.cumsum(step)
    return total - np.minimum(np.minimum.accumulate(total), 0.0)
