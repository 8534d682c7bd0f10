"""What an import could not take."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, now_by_default


class ImportRejection(TenantOwned, Base):
    """One rule that one line of an imported file broke; the line itself was left out, the rest of its file went in."""

    __tablename__ = "import_rejection"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "source_key", "rule", "field"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    source: Mapped[str]  # programme: nhs_proms
    source_key: Mapped[str]  # of the row as published: the same damaged row twice is one
    file_name: Mapped[str]
    line: Mapped[int]  # in that file, the header is line 1
    rule: Mapped[str]
    field: Mapped[str]  # column; '' = the whole line
    value: Mapped[str]  # a short code as published, of anything longer only the length
    rejected_at: Mapped[datetime] = now_by_default()
