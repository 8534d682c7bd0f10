"""The alerts of the past ninety days, raised and handled as of then through the verbs that the screens use."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.access import Viewer
from care.deadlines import hours_to_act
from care.models import Episode
from care.raising import raise_alert
from care.verbs.escalation import escalate_due
from care.verbs.handling import Handling
from pathways.demo.chance import Chance
from pathways.demo.flags import PAST, Flag
from pathways.demo.handling import Deed, Task, What, deeds
from pathways.demo.staff import colleagues_of, staff_viewers
from pathways.demo.world import World

Step = tuple[datetime, int, Callable[[], object]]  # when, order among equals, what


def handle_past(session: Session, world: World, flags: Iterable[Flag]) -> int:
    """Raise, handle and escalate in the order of time; returns the number of alerts."""
    since, now = world.as_of - PAST, world.as_of
    told = [flag for flag in flags if since <= flag.at < min(now, flag.frame.asked_until)]
    wanted = sorted({flag.frame.episode_id for flag in told})
    episodes = {each.id: each for each in session.scalars(select(Episode).where(Episode.id.in_(wanted)))}
    staff = staff_viewers(session, world.places, world.content, now)
    steps: list[Step] = []
    for flag in sorted(told, key=lambda each: (each.at, each.trigger, each.rule)):
        steps += _steps(session, world, flag, episodes[flag.frame.episode_id], staff)
    with session.no_autoflush:  # 700 small writes in a few large ones: 1.5 s of the first start
        for at, _, act in sorted(steps, key=lambda step: step[:2]):
            if at < now:
                act()
    return len(told)


def _steps(session: Session, world: World, flag: Flag, episode: Episode, staff: dict[UUID, Viewer]) -> list[Step]:
    chance = Chance(world.seed, f"alert {flag.frame.planned.number} {flag.rule} {flag.trigger}")
    alert_id = chance.id_at(flag.at)
    planned = flag.frame.planned
    task = Task(
        rule=flag.rule,
        raised_at=flag.at,
        clinic=planned.clinic.code,
        zone=flag.frame.person.zone,
        owner=flag.frame.lead,
        colleagues=colleagues_of(world.content, world.places, planned),
        still=flag.still,
        replied_at=flag.replied_at,
    )
    done = deeds(task, world.content, chance)
    raising: Step = (flag.at, 0, lambda: _raise(session, episode, flag, alert_id))
    acts = [(deed.at, 2, partial(_act, session, staff, alert_id, deed)) for deed in done]
    return [raising, *_escalation(session, flag, done), *acts]


def _raise(session: Session, episode: Episode, flag: Flag, alert_id: UUID) -> None:
    about = {"id": alert_id, "owner_id": flag.frame.lead, **flag.about}
    raise_alert(session, episode, flag.rule, flag.trigger, flag.status, flag.reason, flag.at, **about)


def _escalation(session: Session, flag: Flag, done: list[Deed]) -> list[Step]:
    """At its due time, unless somebody has decided by then."""
    due = flag.at + timedelta(hours=hours_to_act()[flag.status])
    if any(deed.at <= due and deed.what in (What.RESOLVE, What.SNOOZE) for deed in done):
        return []
    at = due + timedelta(seconds=20)
    return [(at, 1, partial(_escalate, session, at))]


def _escalate(session: Session, at: datetime) -> None:
    session.flush()  # what is past due is asked of the store
    escalate_due(session, at)


def _act(session: Session, staff: dict[UUID, Viewer], alert_id: UUID, deed: Deed) -> None:
    deed.do(Handling(session, staff[deed.who], deed.at), alert_id)
