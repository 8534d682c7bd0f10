"""Handling an alert: acknowledge, snooze, resolve, reopen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import audit
from care.access import Permission, Viewer, check_may
from care.database import app_session
from care.errors import CareError, NotFound
from care.models import Alert, AlertEvent, Episode
from care.queue import news
from care.scoping import episodes_within
from care.status import ALERT_CHANGES, AlertOutcome, AlertState, check_change

LONGEST_NOTE = 4000


def acknowledge(viewer: Viewer, alert_id: UUID) -> None:
    """Take an alert; it stays on the list with your name. Taking one's own again changes nothing."""
    with app_session(viewer.tenant_id) as session:
        alert = _alert(session, viewer, alert_id)
        if alert.state is AlertState.ACKNOWLEDGED and alert.owner_id == viewer.membership_id:
            return
        alert.owner_id = viewer.membership_id
        _change(session, viewer, alert, AlertState.ACKNOWLEDGED, "acknowledge")


def snooze(viewer: Viewer, alert_id: UUID, until: datetime | None) -> None:
    """Put an alert off until an instant, or (None) until the patient's next answer."""
    with app_session(viewer.tenant_id) as session:
        alert = _alert(session, viewer, alert_id)
        if until is not None and until <= session.scalar(select(func.now())):
            raise CareError("The alert was not snoozed: that moment has passed. Choose a later one.")
        alert.snoozed_until = until
        _change(session, viewer, alert, AlertState.SNOOZED, "snooze")


def resolve(viewer: Viewer, alert_id: UUID, outcome: AlertOutcome, note: str = "") -> None:
    """Close an alert with what came of it; the note is for the care team and never leaves this store."""
    if len(note) > LONGEST_NOTE:
        raise CareError(f"The note has {len(note)} characters; up to {LONGEST_NOTE} are kept. Shorten it.")
    with app_session(viewer.tenant_id) as session:
        alert = _alert(session, viewer, alert_id)
        alert.outcome = AlertOutcome(outcome)
        _change(session, viewer, alert, AlertState.RESOLVED, "resolve", note.strip() or None)


def reopen(viewer: Viewer, alert_id: UUID) -> None:
    """Undo: bring a resolved, snoozed or acknowledged alert back to the list as new."""
    with app_session(viewer.tenant_id) as session:
        alert = _alert(session, viewer, alert_id)
        alert.outcome = alert.snoozed_until = None
        _change(session, viewer, alert, AlertState.OPEN, "reopen")


def _alert(session: Session, viewer: Viewer, alert_id: UUID) -> Alert:
    """The alert, locked, if the viewer may handle it: any patient of their clinics, own or a colleague's."""
    check_may(viewer.role, Permission.HANDLE_ALERT)
    alert = session.scalar(
        select(Alert)
        .join(Episode, (Episode.tenant_id == Alert.tenant_id) & (Episode.id == Alert.episode_id))
        .where(Alert.id == alert_id, episodes_within(viewer.scope.widened()))
        .with_for_update(of=Alert)
    )
    if alert is None:
        raise NotFound("This alert is not on your list. Reload the page.")
    return alert


def _change(
    session: Session, viewer: Viewer, alert: Alert, state: AlertState, action: str, note: str | None = None
) -> None:
    check_change(ALERT_CHANGES, alert.state, state)
    session.add(
        AlertEvent(
            tenant_id=alert.tenant_id,
            patient_id=alert.patient_id,
            alert_id=alert.id,
            from_state=alert.state,
            to_state=state,
            membership_id=viewer.membership_id,
            outcome=alert.outcome,
            note=note,
        )
    )
    alert.state = state
    alert.state_changed_at = func.now()
    audit.record(session, action, viewer=viewer, patients=[alert.patient_id], alert=str(alert.id))
    news(session)
