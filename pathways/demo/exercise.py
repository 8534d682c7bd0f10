"""What exercise was asked, and what the patient reported. No report is no row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from care.models import ExercisePrescription, ExerciseSession
from care.models.event import ExerciseState
from pathways.demo.chance import Chance
from pathways.demo.course import Course
from pathways.demo.episode import Frame
from pathways.demo.rows import Rows
from pathways.local_time import instant, local_date
from pathways.pathway import Exercise, Plan

STATES = [ExerciseState.DONE] * 26 + [ExerciseState.PARTLY] * 3 + [ExerciseState.NOT_TODAY]
WEEK = range(7)
BAD_WEEKS, FIRST_BAD_WEEK, NOT_LATELY = 0.65, 20, 10  # share of patients; days after day 0; days before now


@dataclass(frozen=True)
class Week:
    """A week in which something came between: its last day, the days with exercise done in it, in the week before."""

    end: date
    days: int
    before: int


def add_exercise(rows: Rows, frame: Frame, pain: Course, chance: Chance, luck: Chance) -> Week | None:
    """
    ``exercise_prescription`` for each plan that has begun, ``exercise_session`` for each report.

    ``luck`` decides whether one week went wrong; that week is returned.
    """
    bad_week = _bad_week_ends(frame, luck)
    active = _active_days(frame, chance) - _left_out(bad_week)
    done: set[date] = set()
    for exercise in frame.pathway.exercises:
        for plan in exercise.plans:
            start = frame.index_date + timedelta(days=plan.from_day)
            if instant(start, time(8), frame.person.zone) >= frame.asked_until or frame.is_held(plan.from_day):
                continue
            _prescription(rows, frame, exercise, plan, start, chance)
            for day in _asked_days(frame, plan):
                if day in active and chance.yes(0.93):
                    done |= _session(rows, frame, exercise, day, pain, chance)
    return bad_week and Week(bad_week, _done_in(done, bad_week), _done_in(done, bad_week - timedelta(days=7)))


def _bad_week_ends(frame: Frame, luck: Chance) -> date | None:
    """Two of three patients who exercise steadily have one such week, not in the first three and not now."""
    last = local_date(frame.asked_until, frame.person.zone)
    days = (min(last - timedelta(days=NOT_LATELY), frame.index_date + timedelta(days=84)) - frame.index_date).days
    if frame.planned.shape.exercise != "steady" or days < FIRST_BAD_WEEK or not luck.yes(BAD_WEEKS):
        return None
    return frame.index_date + timedelta(days=luck.whole(FIRST_BAD_WEEK, days))


def _left_out(end: date | None) -> set[date]:
    """All days of the week but its third."""
    return set() if end is None else {end - timedelta(days=age) for age in range(7) if age != 4}


def _done_in(done: set[date], end: date) -> int:
    return sum(end - timedelta(days=7) < day <= end for day in done)


def _active_days(frame: Frame, chance: Chance) -> set[date]:
    """
    The local dates on which the patient reports anything.

    Patients have weekdays without exercise rather than days drawn at random: who misses Sundays misses the next
    one too, and a week is like the week before.
    """
    kind = frame.planned.shape.exercise
    resting = chance.some(WEEK, {"steady": chance.whole(0, 2), "low": 6, "falling": 0, "none": 7}[kind])
    last = local_date(frame.asked_until, frame.person.zone)
    days = (last - timedelta(days=age) for age in range(200))
    return {day for day in days if day.weekday() not in resting and not _has_stopped(frame, kind, (last - day).days)}


def _has_stopped(frame: Frame, kind: str, age: int) -> bool:
    """Who falls off reports one day of the last seven, after full weeks; in a past episode, of the last eight weeks."""
    if kind != "falling":
        return False
    return age < 7 and age != 3 if frame.planned.is_open else 14 < age < 70


def _asked_days(frame: Frame, plan: Plan) -> Iterator[date]:
    """The plan's days that are over, or today after the patient's morning."""
    for day in range(plan.from_day, plan.to_day + 1):
        on = frame.index_date + timedelta(days=day)
        if on.weekday() in plan.weekdays and instant(on, time(20), frame.person.zone) < frame.asked_until:
            yield on


def _prescription(rows: Rows, frame: Frame, exercise: Exercise, plan: Plan, start: date, chance: Chance) -> None:
    rows.add(
        ExercisePrescription,
        id=chance.id_at(frame.enrolled_at),
        patient_id=frame.person.id,
        episode_id=frame.episode_id,
        exercise=exercise.key,
        weekdays=plan.weekday_bits,
        start_date=start,
        end_date=frame.index_date + timedelta(days=plan.to_day),
    )


def _session(rows: Rows, frame: Frame, exercise: Exercise, day: date, pain: Course, chance: Chance) -> set[date]:
    """One report; the day, where it counts as done."""
    state = chance.pick(STATES)
    reason = chance.pick(sorted(frame.pathway.not_today_reasons)) if state is ExerciseState.NOT_TODAY else None
    reported_at = _reported_at(day, frame.person.zone, chance)
    rows.add(
        ExerciseSession,
        id=chance.id_at(reported_at),
        patient_id=frame.person.id,
        episode_id=frame.episode_id,
        exercise=exercise.key,
        local_date=day,
        zone=frame.person.zone,
        state=state,
        reason=reason,
        pain=_pain(pain, (day - frame.index_date).days, chance),
        reported_at=reported_at,
    )
    return set() if state is ExerciseState.NOT_TODAY else {day}


def _reported_at(day: date, zone: str, chance: Chance) -> datetime:
    return instant(day, time(chance.whole(9, 19), chance.whole(0, 59)), zone)


def _pain(pain: Course, day: int, chance: Chance) -> int | None:
    """Every fifth report leaves the pain out; 0 is a report of no pain."""
    level = round(pain.score(max(day, 1), chance))
    return None if chance.yes(0.2) else min(max(level, 0), 10)
