"""What every table shares."""

import re
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DateTime, Enum, ForeignKeyConstraint, MetaData, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Xid8(UserDefinedType):
    """PostgreSQL's 64-bit transaction id; written by the trigger ``stamp_changed_xact`` only."""

    cache_ok = True

    def get_col_spec(self) -> str:
        return "xid8"


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True), dict: JSONB, list: JSONB}


class TenantOwned:
    """
    A row inside one tenant's wall.

    Row-level security compares ``tenant_id`` with the transaction's setting; ``changed_xact`` is what the
    ETL reads forward from. Both are made by the migrations, for every table that has these columns.
    """

    tenant_id: Mapped[UUID]
    changed_xact: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))


def choice(members: type[StrEnum], name: str | None = None) -> Enum:
    """A text column that holds one of the members; a CHECK refuses anything else."""
    return Enum(
        members,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or re.sub(r"(?<!^)(?=[A-Z])", "_", members.__name__).lower(),
        values_callable=lambda m: [*m],
    )


def tenant_foreign_key(column: str, table: str, *between: str) -> ForeignKeyConstraint:
    """
    A foreign key that carries the tenant: (tenant_id, …, column) → table(tenant_id, …, id).

    PostgreSQL's own foreign-key checks bypass row-level security, so a plain key would let one tenant's
    row hang on another tenant's parent. ``between`` names further shared columns (``patient_id``).
    """
    return ForeignKeyConstraint(
        ["tenant_id", *between, column],
        [f"{table}.{name}" for name in ("tenant_id", *between, "id")],
    )


def now_by_default() -> Mapped[datetime]:
    return mapped_column(server_default=func.now())
