"""
Handling a case inside the caller's transaction: acknowledge, assign, snooze, resolve, undo what was done last.

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
from care.errors import CareError, NotFound, Stale
from care.models import Alert, AlertEvent, Episode
from care.queries.cases import Seen, last_event, last_step, seen_of
from care.queries.colleagues import find_colleagues
from care.queue import news
from care.scoping import episodes_within
from care.status import ALERT_ACTIONS, ALERT_CHANGES, AlertAction, AlertOutcome, AlertState, check_change

LONGEST_NOTE = 4000
Target = UUID | Sequence[Seen]  # an id alone = that alert as it stands, for programs


class Handling:
    """What one person does at one moment (None: now), in one transaction of that person's tenant."""

    def __init__(self, session: Session, viewer: Viewer, at: datetime | None = None):
        self.session, self.viewer = session, viewer
        self.at = at or session.scalar(select(func.now()))

    def acknowledge(self, target: Target) -> tuple[Seen, ...]:
        alerts = self._alerts(target)
        for alert in alerts:
            if alert.state is not AlertState.ACKNOWLEDGED:
                before, alert.owner_id = alert.owner_id, self.viewer.membership_id
                self._change(alert, AlertState.ACKNOWLEDGED, "acknowledge", owner_before=before)
        return seen_of(alerts)

    def assign(self, target: Target, membership_id: UUID) -> tuple[Seen, ...]:
        alerts = self._alerts(target)
        for alert in alerts:
            clinic_id = self.session.get_one(Episode, alert.episode_id).clinic_id
            if membership_id not in {each.membership_id for each in find_colleagues(self.session, clinic_id)}:
                raise NotFound("This person is not a provider of the patient's clinic. Reload the page.")
            if AlertAction.ASSIGN not in ALERT_ACTIONS[alert.state]:
                raise CareError(f"An alert that is {alert.state} cannot be assigned. Reload the page.")
            self._give(alert, membership_id)
        return seen_of(alerts)

    def snooze(self, target: Target, until: datetime | None) -> tuple[Seen, ...]:
        alerts = self._alerts(target)
        if until is not None and until <= self.at:
            raise CareError("The alert was not snoozed: that moment has passed. Choose a later one.")
        for alert in alerts:
            alert.snoozed_until = until
            self._change(alert, AlertState.SNOOZED, "snooze")
        return seen_of(alerts)

    def resolve(self, target: Target, outcome: AlertOutcome, note: str = "") -> tuple[Seen, ...]:
        if len(note) > LONGEST_NOTE:
            raise CareError(f"The note has {len(note)} characters; up to {LONGEST_NOTE} are kept. Shorten it.")
        alerts = self._alerts(target)
        for alert in alerts:
            alert.outcome = AlertOutcome(outcome)
            self._change(alert, AlertState.RESOLVED, "resolve", note=note.strip() or None)
        return seen_of(alerts)

    def undo(self, target: Target) -> tuple[Seen, ...]:
        alerts = self._alerts(target)
        for alert in alerts:
            last = last_event(self.session, alert)
            if last is not None and last.is_assignment:
                self._give(alert, last.owner_before)
                continue
            if last is not None and last.to_state is AlertState.ACKNOWLEDGED:
                alert.owner_id = last.owner_before
            alert.outcome = alert.snoozed_until = None
            self._change(alert, AlertState.OPEN, "reopen")
        return seen_of(alerts)

    def _alerts(self, target: Target) -> list[Alert]:
        """The alerts, locked, if the viewer may handle them: any patient of their clinics, own or a colleague's."""
        check_may(self.viewer.role, Permission.HANDLE_ALERT)
        versions = {target: None} if isinstance(target, UUID) else {seen.alert_id: seen.version for seen in target}
        alerts = self.session.scalars(
            select(Alert)
            .join(Episode, (Episode.tenant_id == Alert.tenant_id) & (Episode.id == Alert.episode_id))
            .where(Alert.id.in_(sorted(versions)), episodes_within(self.viewer.scope.widened()))
            .order_by(Alert.id)  # always the same order: two people never wait for each other
            .with_for_update(of=Alert)
        ).all()
        if not alerts or len(alerts) < len(versions):
            raise NotFound("This alert is not on your list. Reload the page.")
        for alert in alerts:
            if versions[alert.id] not in (None, alert.version):
                raise Stale(f"{last_step(self.session, alert, self.viewer.zone)} Reload the page.")
        return list(alerts)

    def _give(self, alert: Alert, membership_id: UUID | None) -> None:
        """The alert's new owner; None: the care team, who had it before an assignment that is undone."""
        before, alert.owner_id = alert.owner_id, membership_id
        self._write(alert, alert.state, "assign", assigned_to=membership_id, owner_before=before)

    def _change(self, alert: Alert, state: AlertState, action: str, **about: object) -> None:
        check_change(ALERT_CHANGES, alert.state, state)
        alert.state_changed_at = self.at
        self._write(alert, state, action, **about)

    def _write(self, alert: Alert, state: AlertState, action: str, **about: object) -> None:
        """The new state, its event and its trace; ``about``: the event's note, new owner or earlier owner."""
        self.session.add(
            AlertEvent(
                tenant_id=alert.tenant_id,
                patient_id=alert.patient_id,
                alert_id=alert.id,
                from_state=alert.state,
                to_state=state,
                at=self.at,
                membership_id=self.viewer.membership_id,
                outcome=alert.outcome,
                **about,
            )
        )
        alert.state = state
        alert.version += 1
        assigned = {"assigned_to": str(about["assigned_to"] or "")} if "assigned_to" in about else {}
        audit.record(
            self.session, action, viewer=self.viewer, patients=[alert.patient_id], alert=str(alert.id), **assigned
        )
        news(self.session)
