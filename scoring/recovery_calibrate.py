"""Flag thresholds of a stratum, from courses judged by curves that have not seen them."""

import numpy as np

from scoring.recovery import RecoveryCurve
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_fit import FOLDS, Prior, fit_curve
from scoring.recovery_flags import RATES, FlagThresholds, calibrated, worse_shares


def calibrate(
    courses: Courses, scale: Scale, seed: int = 1, prior: Prior | None = None, rates: tuple[float, ...] = RATES
) -> FlagThresholds | None:
    """
    Thresholds by which a chosen share of episodes is ever flagged.

    Parameters
    ----------
    courses : n patients, taken to be on track; leave out those treated for a fall
    scale, seed, prior : as for ``fit_curve``

    Returns
    -------
    FlagThresholds, or None where a fold has no curve yet
    """
    fold = np.random.default_rng(seed).permutation(len(courses)) % FOLDS
    following, baseline = np.full(courses.score.shape, np.nan), np.full(courses.score.shape, np.nan)
    for number in range(FOLDS):
        mine = fold == number
        curve = fit_curve(courses[~mine], scale, seed, prior)
        if curve is None:
            return None
        following[mine], baseline[mine] = both_shares(curve, courses[mine])
    return calibrated(following, baseline, rates)


def both_shares(curve: RecoveryCurve, courses: Courses) -> tuple[np.ndarray, np.ndarray]:
    """n × v shares of worse-off similar patients: given all earlier answers, and from baseline."""
    higher = curve.scale.higher_is_better
    return worse_shares(curve.share_below_next(courses), higher), worse_shares(curve.share_below(courses), higher)
