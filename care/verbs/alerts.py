"""
Handling a case: acknowledge, assign, snooze, resolve, reopen the alerts of one episode that a person has seen.

What the person saw must still hold: an alert that a colleague has changed since is refused with who did what, and one
that arrived since is left alone.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import audit
from care.access import Permission, Viewer, check_may
from care.database import app_session
from care.errors import CareError, NotFound, Stale
from care.models import Alert, AlertEvent, Episode
from care.queries.cases import Seen, last_step, seen_of
from care.queries.colleagues import find_colleagues
from care.queue import news
from care.scoping import episodes_within
from care.status import ALERT_ACTIONS, ALERT_CHANGES, AlertAction, AlertOutcome, AlertState, check_change

LONGEST_NOTE = 4000
Target = UUID | Sequence[Seen]  # an id alone = that alert as it stands, for programs


def acknowledge(viewer: Viewer, target: Target) -> tuple[Seen, ...]:
    """Take the case; it stays on the list with your name. Taking one's own again changes nothing."""
    with app_session(viewer.tenant_id) as session:
        alerts = _alerts(session, viewer, target)
        for alert in alerts:
            if alert.state is not AlertState.ACKNOWLEDGED:
                alert.owner_id = viewer.membership_id
                _change(session, viewer, alert, AlertState.ACKNOWLEDGED, "acknowledge")
        return seen_of(alerts)


def assign(viewer: Viewer, target: Target, membership_id: UUID) -> tuple[Seen, ...]:
    """Give the case to a provider of the patient's clinic, or take it from one; refused for anybody else."""
    with app_session(viewer.tenant_id) as session:
        alerts = _alerts(session, viewer, target)
        for alert in alerts:
            clinic_id = session.get_one(Episode, alert.episode_id).clinic_id
            if membership_id not in {each.membership_id for each in find_colleagues(session, clinic_id)}:
                raise NotFound("This person is not a provider of the patient's clinic. Reload the page.")
            if AlertAction.ASSIGN not in ALERT_ACTIONS[alert.state]:
                raise CareError(f"An alert that is {alert.state} cannot be assigned. Reload the page.")
            alert.owner_id = membership_id
            _change(session, viewer, alert, alert.state, "assign", assigned_to=membership_id)
        return seen_of(alerts)


def snooze(viewer: Viewer, target: Target, until: datetime | None) -> tuple[Seen, ...]:
    """Put the case off until an instant, or (None) until the patient's next answer."""
    with app_session(viewer.tenant_id) as session:
        alerts = _alerts(session, viewer, target)
        if until is not None and until <= session.scalar(select(func.now())):
            raise CareError("The alert was not snoozed: that moment has passed. Choose a later one.")
        for alert in alerts:
            alert.snoozed_until = until
            _change(session, viewer, alert, AlertState.SNOOZED, "snooze")
        return seen_of(alerts)


def resolve(viewer: Viewer, target: Target, outcome: AlertOutcome, note: str = "") -> tuple[Seen, ...]:
    """Close the case with what came of it; the note is for the care team and never leaves this store."""
    if len(note) > LONGEST_NOTE:
        raise CareError(f"The note has {len(note)} characters; up to {LONGEST_NOTE} are kept. Shorten it.")
    with app_session(viewer.tenant_id) as session:
        alerts = _alerts(session, viewer, target)
        for alert in alerts:
            alert.outcome = AlertOutcome(outcome)
            _change(session, viewer, alert, AlertState.RESOLVED, "resolve", note=note.strip() or None)
        return seen_of(alerts)


def reopen(viewer: Viewer, target: Target) -> tuple[Seen, ...]:
    """Undo: bring a resolved, snoozed or acknowledged case back to the list as new."""
    with app_session(viewer.tenant_id) as session:
        alerts = _alerts(session, viewer, target)
        for alert in alerts:
            alert.outcome = alert.snoozed_until = None
            _change(session, viewer, alert, AlertState.OPEN, "reopen")
        return seen_of(alerts)


def _alerts(session: Session, viewer: Viewer, target: Target) -> list[Alert]:
    """The alerts, locked, if the viewer may handle them: any patient of their clinics, own or a colleague's."""
    check_may(viewer.role, Permission.HANDLE_ALERT)
    versions = {target: None} if isinstance(target, UUID) else {seen.alert_id: seen.version for seen in target}
    alerts = session.scalars(
        select(Alert)
        .join(Episode, (Episode.tenant_id == Alert.tenant_id) & (Episode.id == Alert.episode_id))
        .where(Alert.id.in_(sorted(versions)), episodes_within(viewer.scope.widened()))
        .order_by(Alert.id)  # always the same order: two people never wait for each other
        .with_for_update(of=Alert)
    ).all()
    if not alerts or len(alerts) < len(versions):
        raise NotFound("This alert is not on your list. Reload the page.")
    for alert in alerts:
        if versions[alert.id] not in (None, alert.version):
            raise Stale(f"{last_step(session, alert, viewer.zone)} Reload the page.")
    return list(alerts)


def _change(session: Session, viewer: Viewer, alert: Alert, state: AlertState, action: str, **about: object) -> None:
    """Write the new state, its event and its trace; ``about``: the event's note or new owner."""
    if action != AlertAction.ASSIGN:
        check_change(ALERT_CHANGES, alert.state, state)
        alert.state_changed_at = func.now()
    session.add(
        AlertEvent(
            tenant_id=alert.tenant_id,
            patient_id=alert.patient_id,
            alert_id=alert.id,
            from_state=alert.state,
            to_state=state,
            membership_id=viewer.membership_id,
            outcome=alert.outcome,
            **about,
        )
    )
    alert.state = state
    alert.version += 1
    assigned = {"assigned_to": str(about["assigned_to"])} if "assigned_to" in about else {}
    audit.record(session, action, viewer=viewer, patients=[alert.patient_id], alert=str(alert.id), **assigned)
    news(session)
