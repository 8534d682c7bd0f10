"""What the patients' site keeps: links and the sessions they open, answers in progress, a password for the thread."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, now_by_default, tenant_foreign_key


class SurveyLink(TenantOwned, Base):
    """
    One link given to one patient, and the one browser session it opens; neither token is stored.

    ``used_at`` is when the date of birth was first right; from then on ``session_hash`` names the browser.
    """

    __tablename__ = "survey_link"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "patient_id"),
        tenant_foreign_key("patient_id", "patient"),
        tenant_foreign_key("episode_id", "episode", "patient_id"),
        tenant_foreign_key("made_by_id", "membership"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(unique=True)  # SHA-256 of the link's secret
    made_by_id: Mapped[UUID | None]  # membership; null: the pathway itself
    made_at: Mapped[datetime] = now_by_default()
    expires_at: Mapped[datetime]  # when the survey's window closes
    wrong_dates: Mapped[int] = mapped_column(default=0)
    killed_at: Mapped[datetime | None]  # too many wrong dates
    used_at: Mapped[datetime | None]
    session_hash: Mapped[bytes | None] = mapped_column(unique=True)  # SHA-256 of the browser's cookie
    seen_at: Mapped[datetime | None]
    thread_opened_at: Mapped[datetime | None]  # the password was right in this session


class PatientPassword(TenantOwned, Base):
    """A patient's password for the thread; null until set, and again after staff has reset it."""

    __tablename__ = "patient_password"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "patient_id"),
        tenant_foreign_key("patient_id", "patient"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    password_hash: Mapped[str | None]  # Argon2id
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    failed_at: Mapped[datetime | None]


class ResponseDraft(TenantOwned, Base):
    """Answers in progress, one row per assignment; never scored, never in the lake, emptied when it is submitted."""

    __tablename__ = "response_draft"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "assignment_id"),
        tenant_foreign_key("assignment_id", "survey_assignment"),
        tenant_foreign_key("patient_id", "patient"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    assignment_id: Mapped[UUID]
    answers: Mapped[dict] = mapped_column(default=dict)  # item → number, or "skipped"
    saved_keys: Mapped[list] = mapped_column(default=list)  # idempotency keys of the answers taken
    language: Mapped[str]
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]  # of the newest answer
