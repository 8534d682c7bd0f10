"""A manager's wish that the expected courses are fitted again: asked once, written down, done by the worker."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from procrastinate.exceptions import AlreadyEnqueued

from care.access import Permission, Viewer, check_may
from care.audit import record
from care.database import app_session
from care.queue import REFRESH, deferring_app

FIT_AGAIN = "fit_again"
# One row: the oldest wish of the tenant that is not done; null without one.
WAITS = """
    SELECT min(e.at) AS asked_at, bool_or(j.status = 'doing') AS has_begun
    FROM procrastinate_jobs AS j
    JOIN procrastinate_events AS e ON e.job_id = j.id AND e.type = 'deferred'
    WHERE j.task_name = %(task)s AND j.args ->> 'tenant_id' = %(tenant)s AND j.status IN ('todo', 'doing')
"""


@dataclass(frozen=True)
class Fitting:
    """A wish that is not done yet: since when, and whether the worker has begun with it."""

    asked_at: datetime
    has_begun: bool


def ask_to_fit_again(viewer: Viewer) -> None:
    """
    Have every curve of the viewer's tenant fitted again; a wish that waits already is enough.

    Raises NotPermitted for anyone but a manager.
    """
    check_may(viewer.role, Permission.FIT_CURVES)
    tenant = str(viewer.tenant_id)
    with app_session(viewer.tenant_id) as session:
        record(session, "fit curves again", viewer=viewer, screen="monitoring")
    # the lock of the tenant's runs: one after the other
    task = deferring_app().configure_task(FIT_AGAIN, queue=REFRESH, lock=tenant, queueing_lock=f"fit {tenant}")
    with suppress(AlreadyEnqueued):
        task.defer(tenant_id=tenant)


def fitting(tenant_id: UUID) -> Fitting | None:
    """The wish of the tenant that is waiting or being done; None without one."""
    row = deferring_app().connector.execute_query_one(WAITS, task=FIT_AGAIN, tenant=str(tenant_id))
    return Fitting(row["asked_at"], row["has_begun"]) if row["asked_at"] else None
