"""Do the bands still hold? Calibration by subgroup, and drift over time."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chisquare

PIT_BINS = 10
# A band is recalibrated when it covers two points more or less than promised, on 400 answers or more: of fewer, two
# points are chance (standard error 2.0 at n = 400).
POINTS_OFF = 0.02
ENOUGH = 400
# CUSUM of (inside − promised), set to find coverage that is five points off: after 460 answers in the mean, with one
# false alarm in 8,600 (both simulated, 80 % band).
SLACK = 0.025
LIMIT = 15.0


def pit_histogram(pit: np.ndarray) -> np.ndarray:
    """Share of answers in each tenth of the predictive distribution, low to high; all 0.1 when calibrated."""
    known = pit[~np.isnan(pit)]
    counts, _ = np.histogram(known, bins=PIT_BINS, range=(0.0, 1.0))
    return counts / max(len(known), 1)


def uneven(tenths: np.ndarray, n: int) -> bool:
    """Whether shares of n answers differ from a tenth each by more than chance: chi-squared, 5 %, as if independent."""
    return bool(n) and bool(chisquare(np.asarray(tenths) * n).pvalue < 0.05)


def coverage_by(pit: np.ndarray, group: np.ndarray, promised: float = 0.8, off_share: float = 0.1) -> pd.DataFrame:
    """
    One row per subgroup: n, share inside the band, its 95 % interval, share flagged low, and whether it is off.

    Parameters
    ----------
    pit : length-n randomised PIT of answers, oriented so that low is worse (``worse_shares``)
    group : length-n subgroup (age band, sex, clinic, baseline decile …)

    Returns
    -------
    DataFrame indexed by group: n, inside, low, high, flagged, off. Off: two points or more from what was promised on
    400 answers or more.
    """
    edge = (1.0 - promised) / 2
    answers = pd.DataFrame({"group": group, "inside": (pit >= edge) & (pit <= 1 - edge), "flagged": pit < off_share})
    table = (
        answers[~np.isnan(pit)]
        .groupby("group")
        .agg(n=("inside", "size"), inside=("inside", "mean"), flagged=("flagged", "mean"))
    )
    table["low"], table["high"] = wilson(table["inside"].to_numpy(), table["n"].to_numpy())
    table["off"] = ((table["inside"] - promised).abs() >= POINTS_OFF) & (table["n"] >= ENOUGH)
    return table[["n", "inside", "low", "high", "flagged", "off"]]


def wilson(share: np.ndarray, n: np.ndarray, z: float = 1.96) -> tuple[np.ndarray, np.ndarray]:
    """95 % score interval of a share; Wilson (1927), doi 10.1080/01621459.1927.10502953."""
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return centre - half, centre + half


@dataclass(frozen=True)
class Drift:
    """
    A two-sided CUSUM of coverage.

    Parameters
    ----------
    too_narrow, too_wide : length-n paths; above LIMIT the band no longer covers what it promises
    since : position of the answer from which the alarm is counted, None without one
    """

    too_narrow: np.ndarray
    too_wide: np.ndarray
    since: int | None

    @property
    def alarm(self) -> bool:
        return self.since is not None


def drift(pit: np.ndarray, promised: float = 0.8) -> Drift:
    """
    Has coverage moved? Answers in the order they came.

    References
    ----------
    Page (1954), Continuous inspection schemes, doi 10.1093/biomet/41.1-2.100
    """
    edge = (1.0 - promised) / 2
    inside = ((pit >= edge) & (pit <= 1 - edge))[~np.isnan(pit)].astype(float)
    too_narrow, too_wide = cusum(promised - inside - SLACK), cusum(inside - promised - SLACK)
    over = np.flatnonzero((too_narrow > LIMIT) | (too_wide > LIMIT))
    if not len(over):
        return Drift(too_narrow, too_wide, None)
    path = too_narrow if too_narrow[over[0]] > LIMIT else too_wide
    return Drift(too_narrow, too_wide, int(np.flatnonzero(path[: over[0] + 1] == 0).max(initial=-1)) + 1)


def cusum(step: np.ndarray) -> np.ndarray:
    """max(0, running sum) that restarts at 0: the running sum above its own lowest value so far."""
    total = np.cumsum(step)
    return total - np.minimum(np.minimum.accumulate(total), 0.0)
