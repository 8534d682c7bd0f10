"""
Telling the worker that a tenant has news.

Lower layers defer by task name; the tasks themselves live in ``etl`` and are imported by the worker only.
"""

from functools import cache
from uuid import UUID

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import event

from care.database import APP, TenantSession, conninfo

REFRESH = "refresh"


@cache
def deferring_app() -> App:
    """An open queue for deferring from web, portal and command line."""
    app = App(
        connector=SyncPsycopgConnector(conninfo=conninfo(APP, search_path="procrastinate"), min_size=0, max_size=4)
    )
    app.open()
    return app


def defer_refresh(tenant_id: UUID) -> None:
    """Ask for one run of the tenant's ETL; a burst of changes coalesces into one."""
    tenant = str(tenant_id)
    task = deferring_app().configure_task(REFRESH, queue=REFRESH, lock=tenant, queueing_lock=tenant)
    try:
        task.defer(tenant_id=tenant)
    except AlreadyEnqueued:
        pass  # the run that waits will read this change too


# A session marks itself (``news``) when it changes what the lake carries; the sweep catches a crash in between.
def news(session: TenantSession) -> None:
    """After this transaction commits, wake the worker for its tenant."""
    session.info["news"] = True


@event.listens_for(TenantSession, "after_commit")
def _defer(session: TenantSession) -> None:
    if session.info.pop("news", False):
        defer_refresh(UUID(session.info["app.tenant_id"]))


@event.listens_for(TenantSession, "after_rollback")
def _forget(session: TenantSession) -> None:
    session.info.pop("news", None)
