"""
Telling the worker that a tenant has news.

Lower layers defer by task name; the tasks themselves live in ``etl`` and are imported by the worker only.
"""

from collections import defaultdict
from contextlib import suppress
from functools import cache
from threading import Lock
from uuid import UUID

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import event

from care.database import APP, TenantSession, conninfo

REFRESH = "refresh"
REPLAY = "replay"
WAITS = (
    "SELECT EXISTS ("
    "SELECT FROM procrastinate_jobs WHERE queueing_lock = %(queueing_lock)s AND status = 'todo'"
    ") AS waits"
)


@cache
def deferring_app() -> App:
    """An open queue for deferring from web, portal and command line."""
    # A deferral that a crash of the server loses is made up for by the sweep: no commit waits for the disk.
    options = {"search_path": "procrastinate", "synchronous_commit": "off"}
    connector = SyncPsycopgConnector(
        conninfo=conninfo(APP, **options), min_size=0, max_size=4, kwargs={"autocommit": True}
    )
    app = App(connector=connector)
    app.open()
    return app


def defer_refresh(tenant_id: UUID) -> None:
    """Ask for one run of the tenant's ETL; a burst of changes coalesces into one."""
    tenant = str(tenant_id)
    app = deferring_app()
    if app.connector.execute_query_one(WAITS, queueing_lock=tenant)["waits"]:
        return  # the run that waits will read this change too
    task = app.configure_task(REFRESH, queue=REFRESH, lock=tenant, queueing_lock=tenant)
    with suppress(AlreadyEnqueued):  # in between
        task.defer(tenant_id=tenant)


def defer_replay(tenant_id: UUID, replay_id: UUID) -> None:
    """Ask for one replay. One at a time in the whole installation: two would keep answers waiting."""
    task = deferring_app().configure_task(REPLAY, queue=REPLAY, lock=REPLAY, queueing_lock=f"replay {replay_id}")
    with suppress(AlreadyEnqueued):
        task.defer(tenant_id=str(tenant_id), replay_id=str(replay_id))


def replay_after_commit(session: TenantSession, replay_id: UUID) -> None:
    """Once this transaction has committed, hand the replay to the worker."""
    session.info["replay"] = replay_id


_guard = Lock()
_waiting: set[UUID] = set()
_turns: defaultdict[UUID, Lock] = defaultdict(Lock)


def _defer_together(tenant_id: UUID) -> None:
    """
    Of the threads that have committed while one of them defers, one defers for all.

    Whoever waits for its turn will look after their commits, too.
    """
    with _guard:
        if tenant_id in _waiting:
            return
        _waiting.add(tenant_id)
        turn = _turns[tenant_id]
    with turn:
        with _guard:
            _waiting.discard(tenant_id)
        defer_refresh(tenant_id)


# A session marks itself (``news``) when it changes what the lake carries; the sweep catches a crash in between.
def news(session: TenantSession) -> None:
    """After this transaction commits, wake the worker for its tenant."""
    session.info["news"] = True


@event.listens_for(TenantSession, "after_commit")
def _defer(session: TenantSession) -> None:
    if session.info.pop("news", False):
        _defer_together(UUID(session.info["app.tenant_id"]))
    if replay_id := session.info.pop("replay", None):
        defer_replay(UUID(session.info["app.tenant_id"]), replay_id)


@event.listens_for(TenantSession, "after_rollback")
def _forget(session: TenantSession) -> None:
    session.info.pop("news", None)
    session.info.pop("replay", None)
