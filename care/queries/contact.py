"""When a patient was last heard of, and what of it nobody has read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from care.models import ExerciseSession, Message, SurveyResponse
from care.models.event import Direction


def last_heard(session: Session, patient_ids: list[UUID]) -> dict[UUID, datetime]:
    """Patient → latest answer, message or exercise report; a patient never heard of is not in it."""
    wanted = sorted(patient_ids)
    heard = union_all(
        select(SurveyResponse.patient_id, SurveyResponse.completed_at.label("at")).where(
            SurveyResponse.patient_id.in_(wanted)
        ),
        select(Message.patient_id, Message.sent_at).where(
            Message.patient_id.in_(wanted), Message.direction == Direction.FROM_PATIENT
        ),
        select(ExerciseSession.patient_id, ExerciseSession.reported_at).where(ExerciseSession.patient_id.in_(wanted)),
    ).subquery()
    return dict(session.execute(select(heard.c.patient_id, func.max(heard.c.at)).group_by(heard.c.patient_id)).all())


def unread_messages(session: Session, patient_ids: list[UUID]) -> dict[UUID, int]:
    """Patient → messages that no staff member has been shown; a patient without any is not in it."""
    waiting = (
        select(Message.patient_id, func.count())
        .where(
            Message.patient_id.in_(sorted(patient_ids)),
            Message.direction == Direction.FROM_PATIENT,
            Message.read_at.is_(None),
        )
        .group_by(Message.patient_id)
    )
    return dict(session.execute(waiting).all())
