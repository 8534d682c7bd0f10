"""Published definitions and the audit trail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, Xid8, now_by_default


class Definition(Base):
    """One immutable version of an instrument, pathway or rule set; ``tenant_id`` null = the library."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "key", "version", postgresql_nulls_not_distinct=True),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    kind: Mapped[str]  # instrument, pathway; a tenant's own: item_parameters
    key: Mapped[str]
    version: Mapped[int]
    body: Mapped[str]  # the TOML text
    sha256: Mapped[str]
    published_at: Mapped[datetime] = now_by_default()
    published_by: Mapped[UUID | None]  # membership; null: shipped with the program
    changed_xact: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))  # news to every lake


class Rescoring(TenantOwned, Base):
    """
    From now on the responses to ``asked`` count as ``definition`` scores them; both are key@version.

    The newest row of an ``asked`` stands; rows can be added and never changed.
    """

    __tablename__ = "rescoring"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), Index("ix_rescoring_changed", "tenant_id", "changed_xact"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    asked: Mapped[str]
    definition: Mapped[str]
    adopted_at: Mapped[datetime] = now_by_default()
    membership_id: Mapped[UUID | None]  # null: from the command line


class AuditEvent(TenantOwned, Base):
    """Who saw or changed what; rows can be added and never changed."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), Index(None, "tenant_id", "at"))
    __mapper_args__ = {"eager_defaults": False}  # INSERT … RETURNING would need the right to read the trail
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    at: Mapped[datetime] = now_by_default()
    membership_id: Mapped[UUID | None]  # null: the program itself (command line, worker)
    session_id: Mapped[UUID | None]
    action: Mapped[str]  # view, export, acknowledge, resolve, sign_in, sign_out, import, …
    screen: Mapped[str | None]
    patient_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    detail: Mapped[dict] = mapped_column(default=dict)  # ids, counts and choices; no patient text
