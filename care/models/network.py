"""What a tenant has chosen for itself, and what it tells the network of its recoveries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, now_by_default, tenant_foreign_key


class TenantSetting(TenantOwned, Base):
    """One choice of a tenant; the newest of a name holds, the older ones are its history."""

    __tablename__ = "tenant_setting"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "name", "chosen_at"),
        tenant_foreign_key("membership_id", "membership"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[str]  # care.choices
    value: Mapped[object] = mapped_column(JSONB)
    membership_id: Mapped[UUID | None]  # who; null: the command line
    chosen_at: Mapped[datetime] = now_by_default()


class NetworkStatistic(TenantOwned, Base):
    """The sums of one stratum of one tenant; other tenants read them added up only, through network_statistic()."""

    __tablename__ = "network_statistic"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "condition", "stratum", "index_kind", "instrument", "scale"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    condition: Mapped[str]
    stratum: Mapped[str]
    index_kind: Mapped[str]
    instrument: Mapped[str]
    scale: Mapped[str]
    method: Mapped[str]  # sums of different methods are not added
    patients: Mapped[int]
    payload: Mapped[list] = mapped_column(JSONB)  # numbers in the order of scoring.recovery_publish
    published_at: Mapped[datetime]
