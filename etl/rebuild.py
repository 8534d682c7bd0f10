"""Making a tenant's lake anew: care is complete, everything in the lake follows from it."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from care.database import owner_engine
from care.models import TenantLake
from care.tenants import make_lake_role
from etl.lakes import close_writer, tenant_lock
from etl.run import Outcome, run


def rebuild(tenant_id: UUID, as_of: datetime | None = None) -> Outcome:
    """
    Empty the tenant's catalog, run as of an instant (None = now), then remove the old files.

    The history of tracks and what was quarantined begin anew; alerts are care's and stay, each once. Killed in
    between, the tenant is due as "never read" and the next run fills the lake.
    """
    with tenant_lock(tenant_id):
        close_writer(tenant_id)
        old_files = _empty_catalog(tenant_id)
    outcome = run(tenant_id, as_of)
    for path in old_files:
        path.unlink(missing_ok=True)
    return outcome


def _empty_catalog(tenant_id: UUID) -> list[Path]:
    """Drop and make the catalog in one transaction; returns the files nothing points to any more."""
    engine = owner_engine()
    try:
        with Session(engine) as session, session.begin():
            lake = session.get_one(TenantLake, tenant_id)
            session.execute(text(f"DROP SCHEMA IF EXISTS {lake.catalog_schema} CASCADE"))
            make_lake_role(session.connection(), lake)
            session.execute(
                update(TenantLake)
                .where(TenantLake.tenant_id == tenant_id)
                .values(delivered_snapshot=None, read_snapshot=None, read_cluster=None, dirty=False)
            )
            return sorted(Path(lake.data_path).rglob("*.parquet"))
    finally:
        engine.dispose()
