"""Fit what a clinic expects of a stratum: own patients on top of whatever else is known."""

from dataclasses import dataclass

import numpy as np

from scoring.recovery import RecoveryCurve
from scoring.recovery_basis import CONSERVATIVE_KNOTS, SURGERY_KNOTS, Scale
from scoring.recovery_calibrate import calibrated_by, calibrated_by_simulation, curves_without
from scoring.recovery_courses import Courses
from scoring.recovery_drawn import DrawnCurve
from scoring.recovery_fit import FEWEST_PATIENTS, Prior, curve_from_sums, curve_sums
from scoring.recovery_flags import FlagThresholds
from scoring.recovery_goal import FlagRecord, Goal, goal_chance, goal_scores, record_of
from scoring.recovery_priors import PublishedCourse
from scoring.recovery_sources import Evidence, Layer, days_with_evidence, layers_of, mix_on, patients_behind
from scoring.recovery_stratum import StratumCurve
from scoring.recovery_sums import CurveSums

# Own courses that calibrate the flags; with fewer the curve itself is simulated (with 120 real courses of 8 answers,
# 9.5 % of episodes were flagged where 5 % was chosen). More than 3,000 add nothing but time.
ENOUGH_TO_CALIBRATE, MOST_TO_CALIBRATE = 150, 3_000
# How near to the goal's day an answer says whether it was reached, and the baseline spread where none is published.
NEAR_THE_GOAL = 28
USUAL_SPREAD = 0.17


@dataclass(frozen=True)
class Question:
    """
    What is asked of a stratum's curve.

    Parameters
    ----------
    scale : of the stratum
    scheduled : follow-up days asked for
    step : 1.0 where scores are whole numbers, else 0.0
    goal : what patients are hoped to reach, None where no goal can be judged on one person
    decide_chance : a chance of the goal at or below it is flagged; its record is kept
    mdc : points; an answer nearer than that to what was expected is no flag, NaN: none is cited
    """

    scale: Scale
    scheduled: list[int]
    step: float
    goal: Goal | None
    decide_chance: float
    mdc: float


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
    courses: Courses, asked: Question, evidence: Evidence, whole: StratumCurve | None = None, seed: int = 1
) -> tuple[StratumCurve | None, CurveSums]:
    """
    The curve of a stratum, or of one pathway of it, and its sums.

    Parameters
    ----------
    courses : the clinic's own closed courses, none or more
    evidence : what else is known
    whole : of a pathway, the curve of all the clinic's courses: its thresholds and record hold until the pathway has
        enough courses of its own

    Returns
    -------
    (StratumCurve, sums); None for the curve under 50 own patients where nobody else says anything
    """
    scale = asked.scale
    layers, prior = layers_of(evidence, scale, courses.x.shape[1], seed)
    courses = courses[courses.answered.any(axis=1)]
    sums = curve_sums(courses, scale, seed, prior)
    clinic = [courses] if evidence.siblings is None else [courses, evidence.siblings]
    days = days_with_evidence(clinic, scale, asked.scheduled, evidence)
    if not days or (prior is None and len(courses) < FEWEST_PATIENTS):
        return None, sums
    curve = curve_from_sums(sums, scale, asked.step, prior)
    thresholds, record = _learnt(courses, asked, prior, DrawnCurve(curve, days), whole, seed)
    n = tuple(patients_behind(clinic, evidence, scale, day) for day in days)
    mix = tuple(mix_on([*layers, Layer(0, sums, prior)], scale, day) for day in days)
    return StratumCurve(curve, days, n, mix, thresholds, asked.goal, record), sums


def _learnt(
    courses: Courses, asked: Question, prior: Prior | None, drawn: DrawnCurve, whole: StratumCurve | None, seed: int
) -> tuple[FlagThresholds, FlagRecord]:
    """How rare a flag must be and how low chances have turned out: by own courses, the whole stratum, simulation."""
    judges = _judges(courses, asked.scale, seed, prior)
    as_judged = lambda curve, some: DrawnCurve(curve, drawn.days).judged_shares(some, asked.mdc)  # noqa: E731
    if judges is not None:
        subset, curves = judges
        return calibrated_by(curves, subset, as_judged), _record(curves, subset, asked.goal, asked.decide_chance)
    if whole is not None:
        return whole.thresholds, whole.record
    days = tuple(day for day in drawn.days if day in asked.scheduled) or drawn.days
    return calibrated_by_simulation(drawn.curve, days, as_judged, seed), FlagRecord(0, 0, 0, 0)


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
