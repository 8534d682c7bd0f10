"""What patients and staff did: responses, messages, exercise."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, choice, now_by_default, tenant_foreign_key


class EntryMode(StrEnum):
    WEB = "web"
    STAFF = "staff"
    PHONE = "phone"
    PAPER = "paper"
    IMPORT = "import"


class Wording(StrEnum):
    OFFICIAL = "official"  # the instrument's own text, by licence
    DEMO = "demo"  # our short labels; never counts outside a tenant marked demonstration


class Completeness(StrEnum):
    COMPLETE = "complete"
    PARTIAL = "partial"


class SurveyResponse(TenantOwned, Base):
    """One filled-in questionnaire, immutable; a correction is a new response that replaces it."""

    __tablename__ = "survey_response"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "source_key"),
        Index(None, "tenant_id", "episode_id", "completed_at"),
        Index(None, "tenant_id", "patient_id", "completed_at"),
        tenant_foreign_key("episode_id", "episode", "patient_id"),
        tenant_foreign_key("replaces_id", "survey_response"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    instrument: Mapped[str]  # key@version in the definition registry
    answers: Mapped[dict]  # item → number, or the reason of absence; an item not named was skipped
    completeness: Mapped[Completeness] = mapped_column(choice(Completeness), default=Completeness.COMPLETE)
    completed_at: Mapped[datetime]
    local_date: Mapped[date]  # computed once, in the patient's zone, when it is stored
    zone: Mapped[str]  # IANA
    entry_mode: Mapped[EntryMode] = mapped_column(choice(EntryMode))
    is_proxy: Mapped[bool] = mapped_column(default=False)
    wording: Mapped[Wording] = mapped_column(choice(Wording))
    language: Mapped[str] = mapped_column(default="en")
    # What the source says the totals are, by scale. Ours are recomputed; a difference is shown, never copied.
    claimed_scores: Mapped[dict | None]
    replaces_id: Mapped[UUID | None]
    source_key: Mapped[str | None]
    received_at: Mapped[datetime] = now_by_default()


class Direction(StrEnum):
    TO_PATIENT = "to_patient"
    FROM_PATIENT = "from_patient"


class MessageKind(StrEnum):
    TEXT = "text"
    REMINDER = "reminder"
    SURVEY = "survey"
    EXERCISE = "exercise"
    VIDEO = "video"


class Channel(StrEnum):
    PORTAL = "portal"
    EMAIL = "email"
    SMS = "sms"
    PRINT = "print"


class Message(TenantOwned, Base):
    """One message to or from a patient; its text stays here and never enters the lake."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "patient_id", "sent_at"),
        tenant_foreign_key("patient_id", "patient"),
        tenant_foreign_key("episode_id", "episode", "patient_id"),
        tenant_foreign_key("author_id", "membership"),
        tenant_foreign_key("replies_to_id", "message"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID | None]
    direction: Mapped[Direction] = mapped_column(choice(Direction))
    kind: Mapped[MessageKind] = mapped_column(choice(MessageKind))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    body: Mapped[str]
    author_id: Mapped[UUID | None]  # membership of the staff member; null: the patient or the pathway
    replies_to_id: Mapped[UUID | None]
    sent_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class ExercisePrescription(TenantOwned, Base):
    """One exercise asked of a patient, on given weekdays, for a period."""

    __tablename__ = "exercise_prescription"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "episode_id"),
        tenant_foreign_key("episode_id", "episode", "patient_id"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    exercise: Mapped[str]  # key into the pathway's exercises
    weekdays: Mapped[int]  # bit 0 = Monday … bit 6 = Sunday
    start_date: Mapped[date]
    end_date: Mapped[date]


class ExerciseState(StrEnum):
    DONE = "done"
    PARTLY = "partly"
    NOT_TODAY = "not_today"


class ExerciseSession(TenantOwned, Base):
    """One report of one exercise on one day; no row = no report, which is not "not done"."""

    __tablename__ = "exercise_session"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "episode_id", "exercise", "local_date"),
        Index(None, "tenant_id", "patient_id", "reported_at"),
        tenant_foreign_key("episode_id", "episode", "patient_id"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    exercise: Mapped[str]
    local_date: Mapped[date]
    zone: Mapped[str]
    state: Mapped[ExerciseState] = mapped_column(choice(ExerciseState))
    reason: Mapped[str | None]  # why not today; a code of the pathway's list, no free text
    pain: Mapped[int | None]  # 0–10; 0 is a report of no pain, null is no report
    reported_at: Mapped[datetime]
