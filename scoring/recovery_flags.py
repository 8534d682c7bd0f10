"""Off expected: thresholds such that only a chosen share of on-track episodes is ever flagged."""

from dataclasses import dataclass

import numpy as np

RATES = (0.05, 0.10, 0.20)


@dataclass(frozen=True)
class FlagThresholds:
    """
    How small the share of worse-off similar patients must be, so that a chosen share of courses is ever flagged.

    A nominal 10 % per visit touches 36–39 % of on-track patients over eight visits; so the smallest share over a whole
    episode is calibrated, of both tests together: against what the earlier answers let expect (a sudden fall), and
    against similar patients from baseline (a slow decline).

    Parameters
    ----------
    rates : chosen shares of on-track episodes that may ever be flagged
    shares : length-3 thresholds for them
    """

    rates: tuple[float, ...]
    shares: np.ndarray

    def at(self, rate: float) -> float:
        """The threshold of a chosen rate, straight between those calibrated."""
        return float(np.interp(rate, self.rates, self.shares))


def worse_shares(share_below: np.ndarray, higher_is_better: bool) -> np.ndarray:
    """Share of similar patients who are worse off than each answer, by the direction of the scale."""
    return share_below if higher_is_better else 1.0 - share_below


def calibrated(
    next_shares: np.ndarray, baseline_shares: np.ndarray, rates: tuple[float, ...] = RATES
) -> FlagThresholds:
    """
    Thresholds from the episode minima of courses that are taken to be on track.

    Parameters
    ----------
    next_shares, baseline_shares : n × v ``worse_shares`` of the two tests, out of fold; NaN without an answer
    rates : chosen shares of episodes ever flagged, rising

    Returns
    -------
    FlagThresholds, none above its rate: where few answers can be off at all (the MDC is large), fewer episodes than
    chosen are flagged, rather than answers that are not rare
    """
    lowest = np.fmin.reduce(np.fmin(next_shares, baseline_shares), axis=1)
    lowest = lowest[~np.isnan(lowest)]
    return FlagThresholds(tuple(rates), np.minimum(np.quantile(lowest, rates, method="weibull"), rates))


def off_expected(
    next_shares: np.ndarray,
    baseline_shares: np.ndarray,
    threshold: float,
    deviation: np.ndarray | None = None,
    mdc: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """
    (sudden, slow): which answers are off against the earlier ones, and which against the band from baseline.

    Parameters
    ----------
    next_shares, baseline_shares : n × v; NaN (no answer) is never off
    threshold : from ``FlagThresholds.at``
    deviation : n × v points worse than the middle of the band; must be `mdc` or more where one is cited
    """
    large = True if deviation is None or not mdc else deviation >= mdc
    return (next_shares <= threshold) & large, (baseline_shares <= threshold) & large
