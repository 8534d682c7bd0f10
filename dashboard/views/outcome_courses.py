"""Mean courses for the small multiples: all clinics, and the one chosen or the five largest."""

import numpy as np
import pandas as pd
from scipy import stats

from care.access import Viewer
from dashboard.charts.small_multiples import MeanCourse
from dashboard.outcome_filters import OutcomeChoice
from dashboard.resources import ask
from warehouse.questions.outcomes import get_mean_courses
from warehouse.questions.outcomes_shown import Group, ShownOutcomes
from warehouse.suppression import LEAST

LARGEST = 5


def mean_courses(viewer: Viewer, choice: OutcomeChoice, outcomes: ShownOutcomes, group: Group) -> list[MeanCourse]:
    """All clinics first, then by size; days with fewer than ten patients are left out."""
    shown = sorted((each for each in outcomes.clinics if each.result), key=lambda each: (-each.result.n, each.name))
    chosen = [group] if group.clinic_id and group.result else shown[:LARGEST]
    found = ask(get_mean_courses, viewer.scope, choice.selection, choice.days, tuple(each.clinic_id for each in chosen))
    found = found[found["n"] >= LEAST]
    whole = _course("All clinics", found[found["clinic_id"].isna()])
    courses = [_course(each.name, found[found["clinic_id"] == each.clinic_id]) for each in chosen]
    return [course for course in [whole, *courses] if len(course.days) > 1]


def _course(name: str, rows: pd.DataFrame) -> MeanCourse:
    n, mean = rows["n"].to_numpy(float), rows["mean"].to_numpy(float)
    margin = stats.t.ppf(0.975, n - 1) * rows["sd"].to_numpy(float) / np.sqrt(n)
    size = int(n[0]) if len(n) else 0
    days = [int(day) for day in rows["day"]]
    return MeanCourse(name, size, days, mean.tolist(), (mean - margin).tolist(), (mean + margin).tolist())
