"""A patient's messages, seen by staff."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from care import audit
from care.access import Permission, Viewer, check_may
from care.models import Message
from care.models.event import Direction
from care.queue import news
from care.verbs.enrollment import find_episode


def mark_read(session: Session, viewer: Viewer, episode_id: UUID, now: datetime) -> int:
    """Messages that the viewer has been shown are read from now on; the patient sees it. How many were new."""
    check_may(viewer.role, Permission.HANDLE_ALERT)
    episode = find_episode(session, viewer, episode_id)
    unread = (
        Message.patient_id == episode.patient_id,
        Message.direction == Direction.FROM_PATIENT,
        Message.read_at.is_(None),
        Message.sent_at <= now,
    )
    read = session.execute(update(Message).where(*unread).values(read_at=now)).rowcount
    if read:
        audit.record(session, "read_messages", viewer=viewer, patients=[episode.patient_id], messages=read)
        news(session)
    return read
