"""What a synthetic colleague does about one alert, and when: a function of the seed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from care.status import AlertOutcome
from care.verbs.handling import Handling, Target
from pathways.demo.chance import Chance
from pathways.demo.content import DemoContent, Habit
from pathways.local_time import instant

OPENS, CLOSES, SATURDAY = 8, 17, 5
LATE_HOURS = (80.0, 210.0)
TAKEN_FIRST, GIVEN_AWAY, PUT_OFF = 0.34, 0.12, 0.14  # shares of what is not resolved at the first look
STILL_TAKEN, STILL_PUT_OFF = 0.35, 0.65  # of what holds to this day: taken, put off until an answer, the rest waits


class What(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    SNOOZE = "snooze"
    RESOLVE = "resolve"


@dataclass(frozen=True)
class Deed:
    """``who``: a membership; ``to``: of an assignment; ``until``: of a snooze, None = until the next answer."""

    at: datetime
    who: UUID
    what: What
    to: UUID | None = None
    until: datetime | None = None
    outcome: AlertOutcome | None = None
    note: str = ""

    def do(self, handling: Handling, target: Target) -> None:
        """Through the verbs of the screens."""
        if self.what is What.ACKNOWLEDGE:
            handling.acknowledge(target)
        elif self.what is What.ASSIGN:
            handling.assign(target, self.to)
        elif self.what is What.SNOOZE:
            handling.snooze(target, self.until)
        else:
            handling.resolve(target, self.outcome, self.note)


@dataclass(frozen=True)
class Task:
    """One alert as it lies before the clinic. ``still``: what it is about has not changed up to now."""

    rule: str
    raised_at: datetime
    clinic: str  # code
    zone: str
    owner: UUID
    colleagues: tuple[UUID, ...]
    still: bool = False
    replied_at: datetime | None = None


def deeds(task: Task, content: DemoContent, chance: Chance) -> list[Deed]:
    """In the order of time; what lies ahead has not happened, and is left to the caller."""
    if task.replied_at is not None:
        at = max(task.replied_at, task.raised_at + timedelta(minutes=1)) + timedelta(minutes=2)
        return [Deed(at, task.owner, What.RESOLVE, outcome=AlertOutcome.MESSAGED)]
    first = _first_look(task, content.habits[task.clinic], chance)
    if task.still:
        return _waits_on(task, first, chance)
    way = chance.between(0.0, 1.0)
    if way < TAKEN_FIRST:
        before, after = Deed(first, task.owner, What.ACKNOWLEDGE), (1.0, 30.0)
    elif way < TAKEN_FIRST + GIVEN_AWAY and task.colleagues:
        before, after = Deed(first, task.owner, What.ASSIGN, to=chance.pick(task.colleagues)), (1.0, 24.0)
    elif way < TAKEN_FIRST + GIVEN_AWAY + PUT_OFF:
        days = chance.whole(1, 4)
        before, after = Deed(first, task.owner, What.SNOOZE, until=first + timedelta(days=days)), (24.0 * days, 110.0)
    else:
        return [_resolution(task, first, task.owner, content, chance)]
    at = _at_work(chance.after(first, *after), task.zone, chance)
    return [before, _resolution(task, at, before.to or task.owner, content, chance)]


def _first_look(task: Task, habit: Habit, chance: Chance) -> datetime:
    hours = LATE_HOURS if chance.yes(habit.late) else habit.hours
    if task.rule in ("pain_alarm", "safety_item"):
        hours = (0.1, 2.0)
    return _at_work(chance.after(task.raised_at, *hours), task.zone, chance)


def _waits_on(task: Task, first: datetime, chance: Chance) -> list[Deed]:
    share = chance.between(0.0, 1.0)
    if share < STILL_TAKEN:
        return [Deed(first, task.owner, What.ACKNOWLEDGE)]
    return [Deed(first, task.owner, What.SNOOZE)] if share < STILL_PUT_OFF else []


def _resolution(task: Task, at: datetime, who: UUID, content: DemoContent, chance: Chance) -> Deed:
    known = content.outcomes[task.rule]
    outcome = chance.pick([name for name, weight in known.outcomes.items() for _ in range(weight)])
    notes = known.notes.get(outcome, [])
    note = chance.pick(notes) if notes and chance.yes(0.5) else ""
    return Deed(at, who, What.RESOLVE, outcome=AlertOutcome(outcome), note=note)


def _at_work(at: datetime, zone: str, chance: Chance) -> datetime:
    """This moment, or the next working day's first hours."""
    here = at.astimezone(ZoneInfo(zone))
    if here.weekday() < SATURDAY and OPENS <= here.hour < CLOSES:
        return at
    day = here.date() + timedelta(days=here.hour >= OPENS)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return max(chance.after(instant(day, time(OPENS), zone), 0.1, 2.5), at)
