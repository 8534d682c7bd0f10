"""Asking what other settings would have flagged, and the answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, choice, now_by_default, tenant_foreign_key
from care.status import ReplayState


class Replay(TenantOwned, Base):
    """One replay of a tenant's last days under the standing and under other settings; written by the worker."""

    __tablename__ = "replay"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "asked_at"),
        tenant_foreign_key("membership_id", "membership"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    membership_id: Mapped[UUID | None]  # who asked; null: the command line
    asked_at: Mapped[datetime] = now_by_default()
    standing: Mapped[dict]  # "rule.number" → value, every choice of a rule (care.choices)
    changed: Mapped[dict]  # the same names with the values tried
    state: Mapped[ReplayState] = mapped_column(choice(ReplayState), default=ReplayState.WAITING)
    step: Mapped[int] = mapped_column(default=0)  # days judged so far, of …
    steps: Mapped[int] = mapped_column(default=0)  # … both settings together
    as_of: Mapped[datetime | None]  # the lake's data as of, when it was replayed
    finished_at: Mapped[datetime | None]
    result: Mapped[dict | None]  # see etl.replay.replayed: episode ids, rules and days; no name
    error: Mapped[str | None]  # a sentence without patient text
