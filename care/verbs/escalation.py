"""An alert that nobody has finished by its due time goes to the clinic's manager, once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from care import audit
from care.database import app_session
from care.models import Alert, AlertEvent, Episode
from care.queries.colleagues import managers_of
from care.queue import news
from care.status import ALERT_ACTIONS, AlertAction, EpisodeState

BATCH = 200  # alerts in one transaction: short locks
ESCALATED_FROM = sorted(state for state, actions in ALERT_ACTIONS.items() if AlertAction.ESCALATE in actions)


def tenants_to_escalate(as_of: datetime) -> list[UUID]:
    """Tenants with an alert past its due time that nobody was told of; the others cost nothing."""
    with app_session(None) as session:
        return list(session.scalars(text("SELECT tenant_id FROM tenants_to_escalate(:as_of)"), {"as_of": as_of}))


def escalate(tenant_id: UUID, as_of: datetime) -> int:
    """Escalate what is past its due time at an instant; returns how many. Again changes nothing."""
    escalated = 0
    while batch := _escalate_some(tenant_id, as_of):
        escalated += batch
    return escalated


def _escalate_some(tenant_id: UUID, as_of: datetime) -> int:
    with app_session(tenant_id) as session:
        return escalate_due(session, as_of)


def escalate_due(session: Session, as_of: datetime) -> int:
    """Escalate up to ``BATCH`` alerts in the caller's transaction; returns how many."""
    overdue = session.execute(
        select(Alert, Episode.clinic_id, Episode.state, Episode.closed_at)
        .join(Episode, (Episode.tenant_id == Alert.tenant_id) & (Episode.id == Alert.episode_id))
        .where(Alert.state.in_(ESCALATED_FROM), Alert.escalated_at.is_(None), Alert.due_at <= as_of)
        .order_by(Alert.due_at, Alert.id)
        .limit(BATCH)
        .with_for_update(of=Alert, skip_locked=True)
    ).all()
    managers: dict[UUID, UUID | None] = {}
    for alert, clinic_id, state, closed_at in overdue:
        if clinic_id not in managers:
            managers[clinic_id] = next(iter(managers_of(session, clinic_id)), None)
        is_open = state is EpisodeState.OPEN or (closed_at is not None and closed_at > as_of)
        _escalate_one(session, alert, managers[clinic_id] if is_open else None, as_of)
    return len(overdue)


def _escalate_one(session: Session, alert: Alert, manager: UUID | None, as_of: datetime) -> None:
    """A clinic without a manager, or an episode that has ended: marked, so that it is looked at once."""
    alert.escalated_at = as_of
    alert.escalated_to = manager
    alert.version += 1
    session.add(
        AlertEvent(
            tenant_id=alert.tenant_id,
            patient_id=alert.patient_id,
            alert_id=alert.id,
            from_state=alert.state,
            to_state=alert.state,
            at=as_of,
            assigned_to=manager,
        )
    )
    audit.record(session, "escalate", patients=[alert.patient_id], alert=str(alert.id), manager=str(manager or ""))
    news(session)
