"""Putting a drifted expectation right: its middle moved and its range made wider, by what the answers since say."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from scoring.monitoring_rules import MonitoringRules
from scoring.recovery import RecoveryCurve

FURTHEST = 3.0  # SDs; one answer beyond everything seen before says no more than that


@dataclass(frozen=True)
class Correction:
    """
    Of a curve, in its own SDs: where the middle lies now, and how wide the range is now (1 = as it was).

    With both, an answer that stood z SDs from the middle stands (z − shift) / spread from it.
    """

    shift: float = 0.0
    spread: float = 1.0

    def then(self, later: "Correction") -> "Correction":
        """A second correction on top of the first, learnt from answers that the first had judged."""
        return Correction(self.shift + self.spread * later.shift, self.spread * later.spread)


def learn_correction(pit: np.ndarray, rules: MonitoringRules) -> Correction:
    """
    From answers since the drift is counted: mean and SD of their normal scores, drawn towards "nothing to correct".

    Parameters
    ----------
    pit : length-n ``randomised_pit``; under ``rules.answers`` nothing is corrected

    References
    ----------
    Dawid (1984), doi 10.2307/2981683; Gneiting, Balabdaoui, Raftery (2007), doi 10.1111/j.1467-9868.2007.00587.x:
    a forecast is recalibrated by the distribution of its own probability integral transform.
    """
    z = np.clip(ndtri(np.clip(pit[~np.isnan(pit)], 1e-4, 1 - 1e-4)), -FURTHEST, FURTHEST)
    if len(z) < rules.answers:
        return Correction()
    weight = len(z) / (len(z) + rules.nothing_worth)
    spread = float(np.exp(weight * np.log(max(z.std(), 1e-3))))
    return bounded(Correction(weight * float(z.mean()), spread), rules)


def bounded(correction: Correction, rules: MonitoringRules) -> Correction:
    """Within what one correction, or several together, may do."""
    return Correction(
        float(np.clip(correction.shift, -rules.most_shift, rules.most_shift)),
        float(np.clip(correction.spread, 1 / rules.most_spread, rules.most_spread)),
    )


def corrected(curve: RecoveryCurve, correction: Correction) -> RecoveryCurve:
    """The curve with its middle moved and its range made wider, alike on every day; flags and goals follow from it."""
    middle = correction.shift * _one_sd(curve) * curve.width.sd
    mean = replace(curve.mean, height=curve.mean.height + middle)
    return replace(curve, mean=mean, width=replace(curve.width, sd=curve.width.sd * correction.spread))


def _one_sd(curve: RecoveryCurve) -> float:
    """Half of what lies between 16 and 84 of 100 answers around the curve, in its fitted SDs."""
    around = curve.bands.quantiles[0]
    ends = around.at(around.centres, ndtr([-1.0, 1.0]))
    return float((ends[:, 1] - ends[:, 0]).mean() / 2)
