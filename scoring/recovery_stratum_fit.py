"""Fit what a clinic expects of a stratum: own patients on top of the network, on top of the literature."""

from dataclasses import dataclass

import numpy as np

from scoring.recovery import RecoveryCurve
from scoring.recovery_basis import CONSERVATIVE_KNOTS, SURGERY_KNOTS, Scale
from scoring.recovery_calibrate import calibrated_by, calibrated_by_simulation, curves_without
from scoring.recovery_courses import Courses
from scoring.recovery_drawn import WINDOW, DrawnCurve
from scoring.recovery_fit import FEWEST_PATIENTS, Prior, curve_from_sums, curve_sums
from scoring.recovery_goal import FlagRecord, Goal, goal_chance, goal_scores, record_of
from scoring.recovery_pool import network_prior, source_mix
from scoring.recovery_priors import PublishedCourse, literature_prior
from scoring.recovery_stratum import StratumCurve
from scoring.recovery_sums import CurveSums

# Own courses that calibrate the flags; with fewer the curve itself is simulated (with 120 real courses of 8 answers,
# 9.5 % of episodes were flagged where 5 % was chosen). More than 3,000 add nothing but time.
ENOUGH_TO_CALIBRATE, MOST_TO_CALIBRATE = 150, 3_000
# A day with answers of fewer patients is none the band is drawn through.
FEWEST_ON_A_DAY = 20
# SD of tenants' levels as a share of the scale, before it can be estimated; NHS hip providers differ by 0.02.
BETWEEN_TENANTS = 0.03
# Days nearer than this to each other are one on a chart.
CLOSE = 7
# How near to the goal's day an answer says whether it was reached, and the baseline spread where none is published.
NEAR_THE_GOAL = 28
USUAL_SPREAD = 0.17


@dataclass(frozen=True)
class Evidence:
    """What else is known of a stratum: the sums of other tenants, and a published course; None where there is none."""

    network: CurveSums | None = None
    published: PublishedCourse | None = None


def stratum_scale(
    scale_range: tuple[float, float], higher_is_better: bool, index_kind: str, published: PublishedCourse | None
) -> Scale:
    """The scale of a stratum: a function of definitions alone, the same in every tenant, so that sums add up."""
    lowest, highest = map(float, scale_range)
    centre, spread = (lowest + highest) / 2, USUAL_SPREAD * (highest - lowest)
    if published is not None:
        centre, spread = float(published.means[0]), float(published.sds[0])
    knots = SURGERY_KNOTS if index_kind == "surgery" else CONSERVATIVE_KNOTS
    return Scale(lowest, highest, higher_is_better, centre, spread, knots)


def fit_stratum(
    courses: Courses,
    scale: Scale,
    scheduled: list[int],
    step: float,
    evidence: Evidence,
    goal: Goal | None,
    decide_chance: float,
    mdc: float = np.nan,
    seed: int = 1,
) -> tuple[StratumCurve | None, CurveSums]:
    """
    The curve of a stratum and its sums.

    Parameters
    ----------
    courses : the clinic's own closed courses, none or more
    scheduled : follow-up days asked for
    step : 1.0 where scores are whole numbers, else 0.0
    decide_chance : a chance of the goal at or below it is flagged; its record is kept
    mdc : points; an answer nearer than that to what was expected is no flag, NaN: none is cited

    Returns
    -------
    (StratumCurve, sums); None for the curve under 50 own patients where neither network nor literature says anything
    """
    covariates = courses.x.shape[1]
    literature = None if evidence.published is None else literature_prior(evidence.published, scale, covariates)
    prior = literature
    if evidence.network is not None:
        between = BETWEEN_TENANTS * (scale.highest - scale.lowest)
        prior = network_prior(evidence.network, scale, between, literature)
    courses = courses[courses.answered.any(axis=1)]
    sums = curve_sums(courses, scale, seed, prior)
    days = days_with_evidence(courses, scale, scheduled, evidence)
    if not days or (prior is None and len(courses) < FEWEST_PATIENTS):
        return None, sums
    curve = curve_from_sums(sums, scale, step, prior)
    judges = _judges(courses, scale, seed, prior)
    as_judged = lambda judge, some: DrawnCurve(judge, days).judged_shares(some, mdc)  # noqa: E731
    if judges is None:
        asked = tuple(day for day in days if day in scheduled) or days
        thresholds, record = calibrated_by_simulation(curve, asked, as_judged, seed), FlagRecord(0, 0, 0, 0)
    else:
        subset, curves = judges
        thresholds = calibrated_by(curves, subset, as_judged)
        record = _record(curves, subset, goal, decide_chance)
    n = tuple((_patients(courses, day) or _around(courses, day)) + _networks(evidence, scale, day) for day in days)
    mix = tuple(_mix(sums, scale, prior, literature, evidence, day) for day in days)
    return StratumCurve(curve, days, n, mix, thresholds, goal, record), sums


def days_with_evidence(courses: Courses, scale: Scale, scheduled: list[int], evidence: Evidence) -> tuple[int, ...]:
    """Days the band is drawn through: scheduled ones with answers, knots between them, knots that others vouch for."""
    days = {day for day in scheduled if 0 < day and _patients(courses, day) >= FEWEST_ON_A_DAY}
    if evidence.network is not None:
        weight = evidence.network.residuals.width.by_knot[0]
        days |= _apart(days, [k for k, seen in zip(scale.knots, weight, strict=True) if seen >= FEWEST_ON_A_DAY])
    if evidence.published is not None:
        last = evidence.published.days[-1]
        days |= _apart(days, [knot for knot in scale.knots if knot <= max(last, scale.knots[1])])
    if not days:
        return ()
    return tuple(sorted(days | _apart(days, [knot for knot in scale.knots if min(days) < knot < max(days)])))


def _apart(days: set[int], knots: list[int]) -> set[int]:
    """The knots after day 0 that are not all but one of the days."""
    return {knot for knot in knots if knot > 0 and all(abs(knot - day) > CLOSE for day in days)}


def _patients(courses: Courses, day: int) -> int:
    """Own patients who answered near a day."""
    near = courses.answered & (np.abs(courses.day - day) <= WINDOW)
    return int(near.any(axis=1).sum())


def _around(courses: Courses, day: int) -> int:
    """Own patients who answered both before and after a day on which nobody was asked."""
    before, after = (courses.answered & side for side in (courses.day < day, courses.day > day))
    return int((before.any(axis=1) & after.any(axis=1)).sum())


def _networks(evidence: Evidence, scale: Scale, day: int) -> int:
    if evidence.network is None:
        return 0
    weight = evidence.network.residuals.width.by_knot[0]
    return int(min(np.interp(day, scale.knots, weight), evidence.network.patients))


def _mix(
    sums: CurveSums, scale: Scale, prior: Prior | None, literature: Prior | None, evidence: Evidence, day: int
) -> tuple[float, float, float]:
    """Shares of the average patient's expectation on a day: own, network, literature; they add up to 1."""
    nobody = np.zeros(sums.moments.covariates)
    own = 1.0 if prior is None else source_mix(sums.moments, scale, prior, day, scale.centre, nobody)
    if evidence.network is None:
        return round(own, 3), 0.0, round(1.0 - own, 3)
    of_rest = 1.0
    if literature is not None:
        of_rest = source_mix(evidence.network.moments, scale, literature, day, scale.centre, nobody)
    own, network = round(own, 3), round((1.0 - own) * of_rest, 3)
    return own, network, round(max(1.0 - own - network, 0.0), 3)


def _judges(
    courses: Courses, scale: Scale, seed: int, prior: Prior | None
) -> tuple[Courses, list[tuple[np.ndarray, RecoveryCurve]]] | None:
    """Enough own courses, and the curves that have not seen them; None where simulation must do."""
    if len(courses) < ENOUGH_TO_CALIBRATE:
        return None
    if len(courses) > MOST_TO_CALIBRATE:
        courses = courses[np.random.default_rng(seed).permutation(len(courses))[:MOST_TO_CALIBRATE]]
    curves = curves_without(courses, scale, seed, prior)
    return None if curves is None else (courses, curves)


def _record(
    judges: list[tuple[np.ndarray, RecoveryCurve]], courses: Courses, goal: Goal | None, at_most: float
) -> FlagRecord:
    """How a low chance, seen at the first answer, turned out near the goal's day."""
    record = FlagRecord(0, 0, 0, 0)
    if goal is None:
        return record
    near = courses.answered & (np.abs(courses.day - goal.day) <= NEAR_THE_GOAL)
    ended = near.any(axis=1) & (courses.day[:, 0] < goal.day - NEAR_THE_GOAL)
    last = courses.score[np.arange(len(courses)), near.shape[1] - 1 - near[:, ::-1].argmax(axis=1)]
    for mine, curve in judges:
        rows = mine & ended
        if rows.any():
            needed = goal_scores(goal.kind, goal.value, courses.baseline[rows], curve.scale.higher_is_better)
            chance = goal_chance(curve, courses[rows].until(1), goal.day, needed)
            better = last[rows] >= needed if curve.scale.higher_is_better else last[rows] <= needed
            record = record + record_of(chance, better.astype(float), at_most)
    return record
