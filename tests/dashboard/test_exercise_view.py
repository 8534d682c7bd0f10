"""Exercise by week and weekday: no report is its own state."""

from datetime import date, timedelta

from care.models import ExercisePrescription, ExerciseSession
from care.models.event import ExerciseState
from dashboard.views.exercise import exercise_view

TODAY = date(2026, 11, 25)  # a Wednesday
MONDAY = date(2026, 11, 23)
DAILY = 0b1111111


def prescribed(exercise="bridge", weekdays=DAILY, start=date(2026, 11, 16)):
    return ExercisePrescription(exercise=exercise, weekdays=weekdays, start_date=start, end_date=date(2026, 12, 31))


def report(day, state, exercise="bridge"):
    return ExerciseSession(exercise=exercise, local_date=day, state=state)


def this_week(*reports, asked=None):
    return [day.state for day in exercise_view(asked or [prescribed()], list(reports), TODAY).weeks[-1].days]


def test_no_report_is_not_not_done_and_the_future_is_empty():
    states = this_week(report(MONDAY, ExerciseState.DONE), report(TODAY, ExerciseState.NOT_TODAY))
    assert states == ["done", "no_report", "not_today", "", "", "", ""]


def test_a_day_with_some_of_its_exercises_done_is_partly_done():
    asked = [prescribed("bridge"), prescribed("squat")]
    assert this_week(report(MONDAY, ExerciseState.DONE), asked=asked)[0] == "partly"
    both = (report(MONDAY, ExerciseState.DONE), report(MONDAY, ExerciseState.DONE, "squat"))
    assert this_week(*both, asked=asked)[0] == "done"


def test_a_weekday_without_a_prescription_is_empty():
    assert this_week(asked=[prescribed(weekdays=0b0000001)])[:3] == ["no_report", "", ""]


def test_the_title_compares_the_last_seven_days_with_the_seven_before():
    done = [report(TODAY - timedelta(days=back), ExerciseState.DONE) for back in (0, 2, 7, 8, 9)]
    assert exercise_view([prescribed()], done, TODAY).finding == "Exercise: 2 days of 7, was 3"


def test_a_week_without_any_report_is_not_zero_days():
    done = [report(TODAY - timedelta(days=8), ExerciseState.DONE)]
    assert exercise_view([prescribed()], done, TODAY).finding == "Exercise: no report in 7 days, was 1"
    assert exercise_view([prescribed()], [], TODAY).finding == "Exercise: no report for two weeks"


def test_without_a_prescription_there_is_nothing_to_show():
    assert exercise_view([], [], TODAY) is None
