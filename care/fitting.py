"""A manager's wish that the expected courses are fitted again: asked once, written down, done by the worker."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from procrastinate.exceptions import AlreadyEnqueued

from care.access import Permission, Viewer, check_may
from care.audit import record
from care.database import APP, app_session, conninfo
from care.queue import REFRESH, deferring_app

FIT_AGAIN = "fit_again"


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
    try:
        task.defer(tenant_id=tenant)
    except AlreadyEnqueued:
        pass


def fitting(tenant_id: UUID) -> Fitting | None:
    """The wish of the tenant that is waiting or being done; None without one."""
    with psycopg.connect(conninfo(APP, search_path="procrastinate")) as connection:
        row = connection.execute(
            """
            SELECT
                (SELECT min(e.at) FROM procrastinate_events AS e WHERE e.job_id = j.id AND e.type = 'deferred'),
                j.status = 'doing'
            FROM procrastinate_jobs AS j
            WHERE j.task_name = %s AND j.args ->> 'tenant_id' = %s AND j.status IN ('todo', 'doing')
            ORDER BY j.id
            LIMIT 1
            """,
            [FIT_AGAIN, str(tenant_id)],
        ).fetchone()
    return Fitting(*row) if row else None
