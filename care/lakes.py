"""Where a tenant's lake is, and how fresh what it delivered is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.database import app_session, conninfo
from care.models import TenantLake


@dataclass(frozen=True)
class Freshness:
    """The instant the delivered run judged as of (None: no run yet), and why the last try failed (None: it did not)."""

    as_of: datetime | None
    last_error: str | None


def lake_address(tenant_id: UUID) -> dict[str, str]:
    """``catalog`` (libpq string of the tenant's own role), ``schema`` and ``data_path`` of the tenant's lake."""
    with app_session(tenant_id) as session:
        lake = session.get_one(TenantLake, tenant_id)
    return {"catalog": conninfo(lake.role), "schema": lake.catalog_schema, "data_path": lake.data_path}


def freshness(session: Session) -> Freshness:
    """Of the session's tenant."""
    return Freshness(*session.execute(select(TenantLake.data_as_of, TenantLake.last_error)).one())
