"""
What is due: a pure function of definition, index date, history, the patient's zone and an instant.

Nothing of the future is stored. What has happened (``History``) wins over what is planned now: a step that was asked
is not asked again when the surgery moves, and a step that could not be asked yet moves with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pathways.local_time import day_instant, local_date
from pathways.pathway import Pathway, Plan, Step, StepKind, Window


class Standing(StrEnum):
    """Where one occurrence of one step stands at an instant."""

    HAPPENED = "happened"  # asked or sent already
    DUE = "due"  # to be asked or sent now
    AHEAD = "ahead"  # its time has not come
    HELD = "held"  # its time has come, and a pause or an unconfirmed surgery holds it back
    DROPPED = "dropped"  # its window closed, or the enrollment ended, before it could happen


@dataclass(frozen=True)
class Index:
    """Day 0: its date, whether it is known to have taken place, and since when it stands like this."""

    day_zero: date
    is_actual: bool
    set_at: datetime | None = None  # None: since the enrollment


@dataclass(frozen=True)
class Pause:
    """From one instant to another; ``ends`` None: still paused."""

    begins: datetime
    ends: datetime | None


@dataclass(frozen=True)
class History:
    """What has happened to an enrollment; ``happened`` holds (step, occurrence)."""

    enrolled_at: datetime
    pauses: tuple[Pause, ...] = ()
    ended_at: datetime | None = None
    happened: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class Occurrence:
    """
    One occurrence of one step. ``due_at`` is when it can first happen, as far as is known; ``due_date`` is that
    instant's date in the patient's zone. A step without a window of its own is open for the days after which the
    clinic would rather not send it any more.
    """

    step: Step
    number: int
    day: int
    due_at: datetime
    overdue_at: datetime
    expires_at: datetime
    due_date: date
    standing: Standing


def timeline(pathway: Pathway, index: Index, history: History, zone: str, as_of: datetime) -> list[Occurrence]:
    """
    Every occurrence of every step with where it stands, in the order of time.

    Parameters
    ----------
    index : day 0 as it is known at ``as_of``
    history : what has happened up to ``as_of``, and nothing later
    zone : IANA name; the pathway's wall-clock times are read in it, across clock changes
    as_of : aware instant
    """
    occurrences = [
        _occurrence(pathway, step, number, day, index, history, zone, as_of)
        for step in pathway.steps
        for number, day in enumerate(step.occurrence_days, start=1)
    ]
    return sorted(occurrences, key=lambda each: (each.due_at, each.day, each.step.key, each.number))


def due_surveys(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """The surveys that have fallen due and have not been asked."""
    return [each for each in occurrences if each.standing is Standing.DUE and each.step.kind is StepKind.SURVEY]


def next_change(occurrences: Iterable[Occurrence], as_of: datetime) -> datetime | None:
    """
    The earliest later instant at which the timeline could say something new by itself; None: never.

    It may be early, never late; an event (answer, pause, new date) may change it at any time.
    """
    instants = [
        instant
        for each in occurrences
        if each.standing in (Standing.AHEAD, Standing.HELD, Standing.DUE)
        for instant in (each.due_at, each.expires_at)
        if instant > as_of
    ]
    return min(instants, default=None)


def plans_begun(
    pathway: Pathway, index: Index, history: History, zone: str, as_of: datetime
) -> list[tuple[str, Plan, date, date]]:
    """(exercise, plan, first date, last date) of each exercise plan that runs on the patient's today."""
    today = local_date(as_of, zone)
    begun = []
    for exercise in pathway.exercises:
        for plan in exercise.plans:
            first, last = (index.day_zero + timedelta(days=day) for day in (plan.from_day, plan.to_day))
            held = not index.is_actual and plan.from_day >= 0
            if first <= today <= last and not held and not _is_stopped(history, as_of):
                begun.append((exercise.key, plan, first, last))
    return begun


def is_over(pathway: Pathway, index: Index, occurrences: Iterable[Occurrence], zone: str, as_of: datetime) -> bool:
    """Whether the pathway has run its course: its last day is over and nothing more can fall due."""
    last = day_instant(index.day_zero, pathway.length_days + 1, time(), zone)
    running = any(each.standing in (Standing.DUE, Standing.AHEAD, Standing.HELD) for each in occurrences)
    open_until = max((each.expires_at for each in occurrences), default=last)
    return index.is_actual and not running and as_of >= max(last, open_until)


def _occurrence(
    pathway: Pathway,
    step: Step,
    number: int,
    day: int,
    index: Index,
    history: History,
    zone: str,
    as_of: datetime,
) -> Occurrence:
    stale = max(pathway.sending.stale_after_days, 1)
    window = step.window or Window(0, stale, stale)
    planned, overdue, expires = (
        day_instant(index.day_zero, day + days, step.time, zone)
        for days in (window.due, window.overdue, window.expires)
    )
    possible = _first_possible(planned, index, history)
    due_at = possible or planned
    patience = timedelta(days=window.overdue - window.due)
    return Occurrence(
        step=step,
        number=number,
        day=day,
        due_at=due_at,
        overdue_at=min(max(overdue, due_at + patience), expires) if due_at > planned else overdue,
        expires_at=expires,
        due_date=local_date(due_at, zone),
        standing=_standing((step.key, number), day, planned, possible, expires, index, history, as_of),
    )


def _standing(
    key: tuple[str, int],
    day: int,
    planned: datetime,
    possible: datetime | None,
    expires: datetime,
    index: Index,
    history: History,
    as_of: datetime,
) -> Standing:
    if key in history.happened:
        return Standing.HAPPENED
    ends = min(filter(None, (expires, history.ended_at)))
    if as_of >= ends or (possible is not None and possible >= ends):
        return Standing.DROPPED
    if as_of < (possible or planned):
        return Standing.AHEAD
    unconfirmed = day >= 0 and not index.is_actual
    return Standing.HELD if possible is None or unconfirmed else Standing.DUE


def _first_possible(planned: datetime, index: Index, history: History) -> datetime | None:
    """Planned, but not before it could be known, and not inside a pause; None: inside one that has not ended."""
    at = max(filter(None, (planned, history.enrolled_at, index.set_at)))
    for pause in sorted(history.pauses, key=lambda each: each.begins):
        if pause.begins <= at and (pause.ends is None or at < pause.ends):
            if pause.ends is None:
                return None
            at = pause.ends
    return at


def _is_stopped(history: History, as_of: datetime) -> bool:
    paused = any(pause.begins <= as_of and (pause.ends is None or as_of < pause.ends) for pause in history.pauses)
    return paused or (history.ended_at is not None and history.ended_at <= as_of)
