"""Handling a case, one transaction each: what a screen's buttons call. The rules are in ``care.verbs.handling``."""

from datetime import datetime
from uuid import UUID

from care.access import Viewer
from care.database import app_session
from care.queries.cases import Seen
from care.status import AlertOutcome
from care.verbs.handling import LONGEST_NOTE, Handling, Target

__all__ = ["LONGEST_NOTE", "acknowledge", "assign", "resolve", "snooze", "undo"]


def acknowledge(viewer: Viewer, target: Target) -> tuple[Seen, ...]:
    """Take the case; it stays on the list with your name. Taking one's own again changes nothing."""
    with app_session(viewer.tenant_id) as session:
        return Handling(session, viewer).acknowledge(target)


def assign(viewer: Viewer, target: Target, membership_id: UUID) -> tuple[Seen, ...]:
    """Give the case to a provider of the patient's clinic, or take it from one; refused for anybody else."""
    with app_session(viewer.tenant_id) as session:
        return Handling(session, viewer).assign(target, membership_id)


def snooze(viewer: Viewer, target: Target, until: datetime | None) -> tuple[Seen, ...]:
    """Put the case off until an instant, or (None) until the patient's next answer."""
    with app_session(viewer.tenant_id) as session:
        return Handling(session, viewer).snooze(target, until)


def resolve(viewer: Viewer, target: Target, outcome: AlertOutcome, note: str = "") -> tuple[Seen, ...]:
    """Close the case with what came of it; the note is for the care team and never leaves this store."""
    with app_session(viewer.tenant_id) as session:
        return Handling(session, viewer).resolve(target, outcome, note)


def undo(viewer: Viewer, target: Target) -> tuple[Seen, ...]:
    """
    Take back the last change: an assignment goes to who had it before, anything else to the list as new.

    After an acknowledgement the case is again with whom it was before.
    """
    with app_session(viewer.tenant_id) as session:
        return Handling(session, viewer).undo(target)
