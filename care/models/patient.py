"""Patients, their care team, their episodes of care."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, choice, now_by_default, tenant_foreign_key
from care.status import EpisodeState


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    NONE = "none"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class IndexKind(StrEnum):
    SURGERY = "surgery"
    FIRST_VISIT = "first_visit"
    INJURY = "injury"


class IndexPrecision(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class IndexStatus(StrEnum):
    PLANNED = "planned"
    ACTUAL = "actual"


class Patient(TenantOwned, Base):
    """A person under care in one tenant; the lake knows ``lake_key`` and nothing else that names them."""

    __tablename__ = "patient"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "lake_key"),
        UniqueConstraint("tenant_id", "source_key"),
        tenant_foreign_key("clinic_id", "clinic"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    clinic_id: Mapped[UUID]
    lake_key: Mapped[UUID] = mapped_column(default=uuid4)  # random: says nothing about when the patient came
    given_name: Mapped[str | None]  # null: pseudonymous, from a registry
    family_name: Mapped[str | None]
    mrn: Mapped[str | None]
    birth_date: Mapped[date | None]
    age_band: Mapped[str | None]  # where the source gives no birth date
    sex: Mapped[Sex] = mapped_column(choice(Sex), default=Sex.UNKNOWN)
    phone: Mapped[str | None]
    email: Mapped[str | None]
    zone: Mapped[str | None]  # IANA; null: the tenant's
    language: Mapped[str] = mapped_column(default="en")
    source_key: Mapped[str | None]  # where an import found the row; the same row twice adds nothing
    created_at: Mapped[datetime] = now_by_default()
    erased_at: Mapped[datetime | None]


class CareTeamMember(TenantOwned, Base):
    """A membership that looks after a patient."""

    __tablename__ = "care_team_member"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "patient_id", "membership_id"),
        Index(None, "tenant_id", "membership_id", "patient_id"),
        tenant_foreign_key("patient_id", "patient"),
        tenant_foreign_key("membership_id", "membership"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    is_lead: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]


class Episode(TenantOwned, Base):
    """One condition and side treated over a period; day 0 is ``index_date``."""

    __tablename__ = "episode"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "patient_id", "id"),
        UniqueConstraint("tenant_id", "source_key"),
        Index(None, "tenant_id", "state", "clinic_id"),
        tenant_foreign_key("patient_id", "patient"),
        tenant_foreign_key("clinic_id", "clinic"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    clinic_id: Mapped[UUID]
    condition: Mapped[str]  # knee_replacement, hip_replacement, low_back_pain
    stratum: Mapped[str] = mapped_column(default="")  # never pooled across: "primary", "revision"
    side: Mapped[Side] = mapped_column(choice(Side), default=Side.NONE)
    index_kind: Mapped[IndexKind] = mapped_column(choice(IndexKind))
    index_date: Mapped[date]
    index_precision: Mapped[IndexPrecision] = mapped_column(choice(IndexPrecision), default=IndexPrecision.DAY)
    index_status: Mapped[IndexStatus] = mapped_column(choice(IndexStatus), default=IndexStatus.ACTUAL)
    index_set_at: Mapped[datetime | None]  # when day 0 was moved or confirmed; null: as at the opening
    state: Mapped[EpisodeState] = mapped_column(choice(EpisodeState), default=EpisodeState.OPEN)
    # A registry's row: judged once, as of its own follow-up; never silent or overdue, raises no alert.
    is_historical: Mapped[bool] = mapped_column(default=False)
    covariates: Mapped[dict] = mapped_column(default=dict)  # name → number or short code; no free text
    source_key: Mapped[str | None]
    opened_at: Mapped[datetime] = now_by_default()
    closed_at: Mapped[datetime | None]
