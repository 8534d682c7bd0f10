"""Enrollments and the surveys they ask."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, choice, now_by_default, tenant_foreign_key
from care.status import AssignmentState, EnrollmentState


class Enrollment(TenantOwned, Base):
    """One episode on one pathway version."""

    __tablename__ = "enrollment"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "episode_id"),
        Index("ix_enrollment_wake", "tenant_id", "wake_at", postgresql_where=text("state = 'active'")),
        tenant_foreign_key("episode_id", "episode", "patient_id"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    pathway: Mapped[str]  # key@version in the definition registry
    state: Mapped[EnrollmentState] = mapped_column(choice(EnrollmentState), default=EnrollmentState.ACTIVE)
    enrolled_at: Mapped[datetime] = now_by_default()
    state_changed_at: Mapped[datetime] = now_by_default()
    # The earliest instant at which the schedule could say something new: may be early, never late. Null: look now.
    wake_at: Mapped[datetime | None]


class EnrollmentEvent(TenantOwned, Base):
    """One change of an enrollment's state: who, when, why."""

    __tablename__ = "enrollment_event"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "enrollment_id"),
        tenant_foreign_key("enrollment_id", "enrollment"),
        tenant_foreign_key("patient_id", "patient"),
        tenant_foreign_key("membership_id", "membership"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    enrollment_id: Mapped[UUID]
    from_state: Mapped[EnrollmentState | None] = mapped_column(choice(EnrollmentState, "from_state"))
    to_state: Mapped[EnrollmentState] = mapped_column(choice(EnrollmentState, "to_state"))
    at: Mapped[datetime] = now_by_default()
    membership_id: Mapped[UUID | None]  # null: the pathway itself
    reason: Mapped[str | None]


class SurveyAssignment(TenantOwned, Base):
    """
    One survey asked for one episode; answered at most once.

    From a pathway step, or (``enrollment_id`` null) from a registry, whose steps are ``baseline`` and
    ``follow_up``. The denominator of every response rate.
    """

    __tablename__ = "survey_assignment"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "episode_id", "enrollment_id", "step", "occurrence", "instrument",
                         name="uq_survey_assignment_once", postgresql_nulls_not_distinct=True),
        Index(None, "tenant_id", "response_id"),
        Index(None, "tenant_id", "patient_id", "due_at"),
        Index("ix_survey_assignment_open", "tenant_id", "expires_at", postgresql_where=text("state = 'open'")),
        tenant_foreign_key("enrollment_id", "enrollment"),
        tenant_foreign_key("episode_id", "episode", "patient_id"),
        tenant_foreign_key("response_id", "survey_response"),
    )  # fmt: skip
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    enrollment_id: Mapped[UUID | None]
    step: Mapped[str]  # key into the pathway's steps
    occurrence: Mapped[int] = mapped_column(default=1)  # 1 for the first time the step fell due
    instrument: Mapped[str]  # key@version in the definition registry
    due_date: Mapped[date]  # local to the patient
    sent_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    overdue_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[AssignmentState] = mapped_column(choice(AssignmentState), default=AssignmentState.OPEN)
    # The response may have been given for another episode of the same person (an instrument "about the person").
    response_id: Mapped[UUID | None]
