"""What the answers so far say of a course: surprise at the latest one, its shape, the chance of the goal."""

import numpy as np
import pandas as pd

from scoring.recovery_courses import Courses, from_visits
from scoring.recovery_goal import goal_chance, goal_scores
from scoring.recovery_shape import shapes
from scoring.recovery_stratum import StratumCurve
from scoring.track_rules import TrackRules


def add_updated(
    courses: pd.DataFrame, places: np.ndarray, curve: StratumCurve, x: np.ndarray, rules: TrackRules
) -> None:
    """Fill in, at ``places``, the columns that rest on all answers of a course (etl/expected.py names them)."""
    answered = courses.loc[places, "score"].notna().to_numpy() & courses.loc[places, "visit_days"].notna().to_numpy()
    places, x = places[answered], x[answered]
    if not len(places):
        return
    mine = courses.loc[places]
    seen = _visits(mine, x)
    day = mine["day"].to_numpy(float)
    courses.loc[places, ["below_next", "expected_next"]] = _surprise(curve, seen, day)
    threshold = np.where(curve.may_be_off(day), curve.thresholds.at(rules.off_rate), 0.0)
    courses.loc[places, "off_share"] = np.where(mine["p50"].isna(), np.nan, threshold)
    courses.loc[places, "shape"] = _shape(curve, seen, mine, rules.shape_step)
    _add_goal(courses, places, curve, seen, day)


def _visits(mine: pd.DataFrame, x: np.ndarray) -> Courses:
    days = mine["visit_days"].to_list()
    patient = np.repeat(np.arange(len(mine)), [len(each) for each in days])
    scores = np.concatenate(mine["visit_scores"].to_list())
    return from_visits(patient, np.concatenate(days), scores, mine["baseline"].to_numpy(float), x)


def _surprise(curve: StratumCurve, seen: Courses, day: np.ndarray) -> np.ndarray:
    """n × 2: share below, and the score expected, given the earlier answers; NaN without one, or off the curve."""
    usable = curve.with_evidence(seen)
    last = _last(usable)
    rows = np.arange(len(usable))
    asked = usable.answered.any(axis=1) & (usable.day[rows, last] == day) & (usable.answered.sum(axis=1) > 1)
    found = np.full((len(usable), 2), np.nan)
    if asked.any():
        some, at = usable[asked], last[asked]
        found[asked, 0] = curve.curve.share_below_next(some)[np.arange(len(some)), at]
        earlier = Courses(some.baseline, some.x, some.day, np.where(_is_at(some, at), np.nan, some.score))
        found[asked, 1] = curve.curve.scale.clip(curve.curve.forecast(earlier, day[asked])[0])
    return found


def _last(courses: Courses) -> np.ndarray:
    """Length-n column of each patient's last answer."""
    return courses.score.shape[1] - 1 - courses.answered[:, ::-1].argmax(axis=1)


def _is_at(courses: Courses, column: np.ndarray) -> np.ndarray:
    return np.arange(courses.score.shape[1]) == column[:, None]


def _shape(curve: StratumCurve, seen: Courses, mine: pd.DataFrame, usual_step: float) -> np.ndarray:
    scale = curve.curve.scale
    patient, visit = np.nonzero(seen.answered)
    middle = np.full(seen.score.shape, np.nan)
    one = seen[patient]
    middle[patient, visit] = curve.expected(seen.day[patient, visit], one.baseline, one.x, np.array([0.5]))[:, 0]
    known = np.where(np.isnan(middle), np.nan, seen.score)
    usual = usual_step * (scale.highest - scale.lowest)
    step = mine["mdc"].fillna(usual).to_numpy(float)
    better = 1.0 if scale.higher_is_better else -1.0
    word = shapes(seen.day, known, middle, better, step)
    # a little below the middle is every other course: half of them would start slowly
    behind = better * (mine["p50"] - mine["score"]).to_numpy(float) >= step
    return np.where(behind | np.isin(word, ("relapse", "late dip")), word, None)


def _add_goal(courses: pd.DataFrame, places: np.ndarray, curve: StratumCurve, seen: Courses, day: np.ndarray) -> None:
    """The chance of the goal, while its day has not come and the curve reaches that far."""
    goal = curve.goal
    if goal is None or goal.day > curve.last_day:
        return
    usable = curve.with_evidence(seen)
    rows = (day < goal.day) & usable.answered.any(axis=1)
    if not rows.any():
        return
    needed = goal_scores(goal.kind, goal.value, usable.baseline[rows], curve.curve.scale.higher_is_better)
    there = places[rows]
    courses.loc[there, "goal_chance"] = goal_chance(curve.curve, usable[rows], goal.day, needed)
    courses.loc[there, ["goal_day", "goal_missed", "goal_flagged"]] = [
        float(goal.day), curve.record.predictive_value()[0], float(curve.record.flagged),
    ]  # fmt: skip
    courses.loc[there, "goal_title"] = goal.title
