"""Why this much is expected of this patient: contributions that add up to it."""

from collections.abc import Sequence

import numpy as np

from scoring.recovery import RecoveryCurve
from scoring.recovery_courses import Courses


def contributions(curve: RecoveryCurve, course: Courses, day: float, names: Sequence[str]) -> list[tuple[str, float]]:
    """
    What the expected score of one patient on a day is made of.

    Parameters
    ----------
    curve : of the patient's stratum
    course : one patient with the answers so far
    day : later than the answers
    names : words for the p covariates; covariates of one name are added up

    Returns
    -------
    [(words, points), …]: the average patient's course, the own baseline, each covariate, the answers so far, the end of
    the scale (only where it is reached), and last "expected", which is the sum of all before it
    """
    at = np.array([float(day)])
    average, by_baseline, _ = (float(part[0]) for part in curve.mean.parts(at, course.baseline, course.x))
    parts = [("similar patients on average", average), ("own baseline", by_baseline)]
    parts += covariate_parts(curve, course, at, names)
    answers = int(course.answered.sum())
    if answers:
        from_baseline = float(curve.mean.at(at, course.baseline, course.x)[0])
        words = "the last answer" if answers == 1 else f"the last {answers} answers"
        parts.append((words, float(curve.forecast(course, at)[0][0]) - from_baseline))
    total = sum(points for _, points in parts)
    expected = float(curve.scale.clip(total))
    if expected != total:
        parts.append(("the end of the scale", expected - total))
    return [*parts, ("expected", expected)]


def covariate_parts(curve: RecoveryCurve, course: Courses, at: np.ndarray, names: Sequence[str]) -> list:
    """Points by covariate name, in the order the names first appear."""
    points: dict[str, float] = {}
    for number, name in enumerate(names):
        alone = np.zeros_like(course.x)
        alone[:, number] = course.x[:, number]
        points[name] = points.get(name, 0.0) + float(curve.mean.parts(at, course.baseline, alone)[2][0])
    return list(points.items())


def similar_courses(curve: RecoveryCurve, own: Courses, others: Courses, most: int = 20) -> np.ndarray:
    """
    Positions of up to 20 real courses most like one patient's, for the faint bundle behind a chart; never a band:
    bands of raw nearest neighbours cover 72–80 % where 80 % was promised.

    Alike is: a near baseline, and a near expected score half a year on from baseline and covariates.
    """
    half_year = np.array([182.0])
    z = curve.scale.standardised
    expected = curve.mean.at(np.full(len(others), 182.0), others.baseline, others.x)
    away = expected - curve.mean.at(half_year, own.baseline, own.x)
    distance = np.hypot(z(others.baseline) - z(own.baseline), away / curve.width.on(half_year))
    usable = np.flatnonzero(others.answered.any(axis=1))
    return usable[np.argsort(distance[usable], kind="stable")[:most]]
