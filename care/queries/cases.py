"""A case: all alerts of one episode that are not resolved, shown and handled as one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from care.access import Scope
from care.errors import NotFound
from care.models import Account, Alert, AlertEvent, Episode, Membership
from care.queries.urgency import status_rank
from care.scoping import check_session, episodes_within
from care.status import AlertState


@dataclass(frozen=True)
class Seen:
    """An alert as somebody saw it."""

    alert_id: UUID
    version: int


@dataclass(frozen=True)
class Case:
    """The episode's clinic, and its alerts that are not resolved, the most urgent first."""

    clinic_id: UUID
    alerts: list[Alert]

    @property
    def seen(self) -> tuple[Seen, ...]:
        return seen_of(self.alerts)


def seen_of(alerts: Sequence[Alert]) -> tuple[Seen, ...]:
    """The alerts as they stand now."""
    return tuple(Seen(alert.id, alert.version) for alert in alerts)


def find_case(session: Session, scope: Scope, alert_id: UUID) -> Case:
    """
    The case an alert belongs to.

    Raises NotFound, the same for an alert of another clinic or tenant as for one that does not exist.
    """
    check_session(session, scope)
    episode = session.scalar(
        select(Episode)
        .join(Alert, and_(Alert.tenant_id == Episode.tenant_id, Alert.episode_id == Episode.id))
        .where(Alert.id == alert_id, episodes_within(scope))
    )
    if episode is None:
        raise NotFound("This alert is not on your list. Reload the page.")
    waiting = select(Alert).where(Alert.episode_id == episode.id, Alert.state != AlertState.RESOLVED)
    ordered = waiting.order_by(status_rank(Alert.status), Alert.raised_at, Alert.id)
    return Case(episode.clinic_id, list(session.scalars(ordered)))


def member_names(session: Session, membership_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Membership → the person's name."""
    wanted = sorted({each for each in membership_ids if each is not None})
    named = select(Membership.id, Account.display_name).join(Account, Account.id == Membership.account_id)
    return dict(session.execute(named.where(Membership.id.in_(wanted))).all())


def last_event(session: Session, alert: Alert) -> AlertEvent | None:
    """What was done to an alert last; None of one whose history was not kept."""
    return session.scalar(
        select(AlertEvent)
        .where(AlertEvent.alert_id == alert.id)
        .order_by(AlertEvent.at.desc(), AlertEvent.id.desc())
        .limit(1)
    )


def last_step(session: Session, alert: Alert, zone: str) -> str:
    """Who did what last, and when: "Sam South resolved this at 14:05 (called)."."""
    event = last_event(session, alert)
    if event is None:
        return "This alert has changed since you opened it."
    who = member_names(session, [event.membership_id]).get(event.membership_id, "The program")
    came_of_it = f" ({event.outcome.replace('_', ' ')})" if event.outcome else ""
    return f"{who} {_verb(event)} this at {event.at.astimezone(ZoneInfo(zone)):%H:%M}{came_of_it}."


def _verb(event: AlertEvent) -> str:
    if event.is_assignment:
        return "assigned"
    if event.from_state is event.to_state and event.membership_id is None:
        return "escalated"
    return "reopened" if event.to_state is AlertState.OPEN else str(event.to_state)
