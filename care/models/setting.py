"""What a tenant has chosen for itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, now_by_default, tenant_foreign_key


class FlagSetting(TenantOwned, Base):
    """One choice of when a course is flagged; the newest of a tenant holds, the older ones stay."""

    __tablename__ = "flag_setting"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "set_at"),
        tenant_foreign_key("membership_id", "membership"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    changes: Mapped[dict]  # name in scoring.track_rules.TrackRules → value, where it differs from the published rules
    set_at: Mapped[datetime] = now_by_default()
    membership_id: Mapped[UUID]
