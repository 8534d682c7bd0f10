"""Enrolling and steering, with what it makes due written at once: the patient can answer the moment it is saved."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.access import Viewer
from care.models import Enrollment, Episode
from care.models.patient import IndexStatus
from care.status import EnrollmentState
from care.verbs import enrollment as verbs
from pathways.course import read_courses
from pathways.errors import PathwayError
from pathways.published import find_pathway
from pathways.tick import advance


def enroll(session: Session, viewer: Viewer, episode: Episode, reference: str, now: datetime) -> Enrollment:
    """Put an episode on a pathway that is made for its condition and kind of day 0."""
    pathway = find_pathway(session, reference)
    if (pathway.condition, pathway.index_kind) != (episode.condition, episode.index_kind.value):
        raise PathwayError(f"{pathway.title['en']} is not made for this episode. Choose another pathway.")
    return _look(session, verbs.enroll(session, viewer, episode, reference, now), now)


def resume(session: Session, viewer: Viewer, enrollment_id: UUID, now: datetime) -> Enrollment:
    """Let a paused pathway go on."""
    return _look(session, verbs.resume(session, viewer, enrollment_id, now), now)


def move_index(
    session: Session, viewer: Viewer, episode_id: UUID, index_date: date, status: IndexStatus, now: datetime
) -> Episode:
    """Move or confirm day 0."""
    episode = verbs.move_index(session, viewer, episode_id, index_date, status, now)
    active = select(Enrollment).where(Enrollment.episode_id == episode.id, Enrollment.state == EnrollmentState.ACTIVE)
    for enrollment in session.scalars(active.with_for_update()):
        _look(session, enrollment, now)
    return episode


def _look(session: Session, enrollment: Enrollment, now: datetime) -> Enrollment:
    session.flush()
    (course,) = read_courses(session, [enrollment])
    advance(session, course, now)
    return enrollment
