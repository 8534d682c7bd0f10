"""Flag thresholds of a stratum, from courses judged by curves that have not seen them."""

from collections.abc import Callable

import numpy as np

from scoring.recovery import RecoveryCurve
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_fit import FOLDS, Prior, fit_curve
from scoring.recovery_flags import RATES, FlagThresholds, calibrated, worse_shares
from scoring.recovery_update import correlations

SIMULATED = 2_000

# Of a curve and n courses the n × v shares of worse-off patients by the two tests, see ``both_shares``.
Shares = Callable[[RecoveryCurve, Courses], tuple[np.ndarray, np.ndarray]]


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
    judges = curves_without(courses, scale, seed, prior)
    return None if judges is None else calibrated_by(judges, courses, rates=rates)


def curves_without(
    courses: Courses, scale: Scale, seed: int, prior: Prior | None
) -> list[tuple[np.ndarray, RecoveryCurve]] | None:
    """Of each fold (length-n mask) the curve of all other patients; None where one has no curve yet."""
    fold = np.random.default_rng(seed).permutation(len(courses)) % FOLDS
    judges = [(fold == number, fit_curve(courses[fold != number], scale, seed, prior)) for number in range(FOLDS)]
    return None if any(curve is None for _, curve in judges) else judges


def calibrated_by(
    judges: list[tuple[np.ndarray, RecoveryCurve]],
    courses: Courses,
    shares: Shares | None = None,
    rates: tuple[float, ...] = RATES,
) -> FlagThresholds:
    """Thresholds from courses, each judged by the curve that has not seen it; `shares`: by which tests."""
    following, baseline = np.full(courses.score.shape, np.nan), np.full(courses.score.shape, np.nan)
    for mine, curve in judges:
        following[mine], baseline[mine] = (shares or both_shares)(curve, courses[mine])
    return calibrated(following, baseline, rates)


def calibrated_by_simulation(
    curve: RecoveryCurve, days: tuple[int, ...], shares: Shares | None = None, seed: int = 1
) -> FlagThresholds:
    """Where a clinic has too few courses of its own: thresholds from 2,000 courses drawn from the curve itself."""
    rng, scale = np.random.default_rng(seed), curve.scale
    baseline = scale.clip(rng.normal(scale.centre, scale.spread, SIMULATED))
    day = np.tile(np.array(days, float), (SIMULATED, 1))
    x = np.zeros((SIMULATED, len(curve.mean.effect)))
    factor = np.linalg.cholesky(correlations(day[:1], np.ones_like(day[:1], bool), curve.memory)[0])
    away = rng.standard_normal(day.shape) @ factor.T * curve.sd(day, baseline, x)
    score = scale.clip(curve.mean.at(day, baseline, x) + away)
    drawn = Courses(baseline, x, day, np.round(score) if curve.step else score)
    return calibrated(*(shares or both_shares)(curve, drawn))


def both_shares(curve: RecoveryCurve, courses: Courses) -> tuple[np.ndarray, np.ndarray]:
    """n × v shares of worse-off similar patients: given all earlier answers, and from baseline."""
    higher = curve.scale.higher_is_better
    return worse_shares(curve.share_below_next(courses), higher), worse_shares(curve.share_below(courses), higher)
