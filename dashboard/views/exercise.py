"""A patient's exercise by week, counted in days."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from care.models import ExercisePrescription, ExerciseSession
from care.models.event import ExerciseState
from dashboard.components.exercise_weeks import ExerciseDay, ExerciseWeek
from dashboard.labels import EXERCISE_STATES
from dashboard.words import plural, short_date

WEEKS_SHOWN = 6
# Of several exercises on one day the square tells whether all, some or none were done.
SOME, ALL, NONE = ExerciseState.PARTLY, ExerciseState.DONE, ExerciseState.NOT_TODAY


@dataclass(frozen=True)
class ExerciseView:
    """``finding``: the title; ``weeks``: oldest first."""

    finding: str
    weeks: list[ExerciseWeek]


def first_day_shown(today: date) -> date:
    """The Monday of the oldest week shown."""
    return today - timedelta(days=today.weekday() + 7 * (WEEKS_SHOWN - 1))


def exercise_view(
    prescribed: list[ExercisePrescription], reports: list[ExerciseSession], today: date
) -> ExerciseView | None:
    """The last weeks by weekday; None when nothing was ever prescribed."""
    if not prescribed:
        return None
    by_day: dict[date, list[ExerciseState]] = defaultdict(list)
    for report in reports:
        by_day[report.local_date].append(report.state)
    monday = first_day_shown(today)
    weeks = []
    for turn in range(WEEKS_SHOWN):
        days = [monday + timedelta(days=7 * turn + place) for place in range(7)]
        if any(_asked(prescribed, day) or day in by_day for day in days):
            weeks.append(
                ExerciseWeek(short_date(days[0], today), [_day(prescribed, by_day, day, today) for day in days])
            )
    return ExerciseView(_finding(by_day, today), weeks)


def _asked(prescribed: list[ExercisePrescription], day: date) -> int:
    """How many exercises were asked of the patient on a day."""
    return sum(
        each.start_date <= day <= each.end_date and bool(each.weekdays >> day.weekday() & 1) for each in prescribed
    )


def _day(prescribed: list, by_day: dict[date, list[ExerciseState]], day: date, today: date) -> ExerciseDay:
    asked, reported = _asked(prescribed, day), by_day.get(day, [])
    if day > today or not asked and not reported:
        return ExerciseDay("", f"{short_date(day, today)}: nothing planned")
    if not reported:
        return ExerciseDay("no_report", f"{short_date(day, today)}: {EXERCISE_STATES[None]}")
    state = _summary(reported, asked)
    done = sum(each in (ALL, SOME) for each in reported)
    return ExerciseDay(
        state.value, f"{short_date(day, today)}: {EXERCISE_STATES[state]}, {done} of {max(asked, len(reported))}"
    )


def _summary(reported: list[ExerciseState], asked: int) -> ExerciseState:
    done = reported.count(ALL)
    if done >= max(asked, 1):
        return ALL
    return SOME if done or SOME in reported else NONE


def _finding(by_day: dict[date, list[ExerciseState]], today: date) -> str:
    """Exercise: 2 days in the last 7, was 6"""
    last, before = (_days_done(by_day, today - timedelta(days=back)) for back in (0, 7))
    if last is None and before is None:
        return "Exercise: no report for two weeks"
    was = f", was {before}" if before is not None else ""
    return f"Exercise: no report in 7 days{was}" if last is None else f"Exercise: {plural(last, 'day')} of 7{was}"


def _days_done(by_day: dict[date, list[ExerciseState]], last: date) -> int | None:
    """Days with an exercise done in the seven up to ``last``; None without any report."""
    days = [last - timedelta(days=back) for back in range(7)]
    if not any(day in by_day for day in days):
        return None
    return sum(any(state in (ALL, SOME) for state in by_day.get(day, [])) for day in days)
