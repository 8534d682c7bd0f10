"""The trail: who saw or changed what. No audit, no data."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from care.access import Viewer
from care.database import app_session
from care.ids import new_id
from care.models import AuditEvent


def record(
    session: Session,
    action: str,
    *,
    viewer: Viewer | None = None,
    screen: str | None = None,
    patients: Iterable[UUID] = (),
    **detail: object,
) -> None:
    """
    Add an audit event to the caller's transaction, so that the change and its trace commit together.

    ``viewer`` None = the program itself (command line, worker). ``detail`` holds ids, counts and choices;
    never a name, a note or an answer.
    """
    session.add(
        AuditEvent(
            id=new_id(),
            tenant_id=UUID(session.info["app.tenant_id"]),
            membership_id=viewer.membership_id if viewer else None,
            session_id=viewer.session_id if viewer else None,
            action=action,
            screen=screen,
            patient_ids=sorted(set(patients)),
            detail=detail,
        )
    )


def record_view(viewer: Viewer, screen: str, patients: Iterable[UUID], **detail: object) -> None:
    """Commit "these patients were shown on this screen" before their rows are drawn; an error here shows nothing."""
    with app_session(viewer.tenant_id) as session:
        record(session, "view", viewer=viewer, screen=screen, patients=patients, **detail)
