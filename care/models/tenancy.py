"""Who owns the rows: tenants, their clinics, their lakes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, now_by_default


class Tenant(Base):
    """A contracting organization: the outermost wall."""

    __tablename__ = "tenant"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    is_demo: Mapped[bool] = mapped_column(default=False)  # synthetic: labelled so on every screen
    zone: Mapped[str] = mapped_column(default="America/New_York")  # IANA; for a patient without a zone of their own
    created_at: Mapped[datetime] = now_by_default()


class Clinic(TenantOwned, Base):
    """A site of a tenant."""

    __tablename__ = "clinic"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), UniqueConstraint("tenant_id", "code"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    code: Mapped[str]  # short and stable; a registry's provider code
    name: Mapped[str]
    created_at: Mapped[datetime] = now_by_default()


class TenantLake(Base):
    """Where a tenant's warehouse lives and how far its results have been delivered back (one row per tenant)."""

    __tablename__ = "tenant_lake"
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    catalog_schema: Mapped[str]
    role: Mapped[str]
    data_path: Mapped[str]
    dirty: Mapped[bool] = mapped_column(default=False)  # set before a run commits, cleared when it is delivered
    delivered_snapshot: Mapped[int | None]  # lake snapshot whose tracks and flags stand in this store
    # A copy of the lake's watermark, to ask "is anything new?" without opening the lake; the lake's own decides.
    read_snapshot: Mapped[str | None]
    read_cluster: Mapped[str | None]  # system identifier of the server that snapshot belongs to
    data_as_of: Mapped[datetime | None]  # the instant the delivered run judged as of
    next_due_at: Mapped[datetime | None]  # earliest track.valid_until: when time alone changes a judgement
    last_error: Mapped[str | None]  # a sentence without patient text; null after a good run
