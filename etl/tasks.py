"""The tasks of the worker. Whoever defers them knows their names only (care/queue.py)."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from care.fitting import FIT_AGAIN
from care.queue import REFRESH, REPLAY, defer_refresh
from care.verbs.escalation import escalate, tenants_to_escalate
from etl.due import tenants_due
from etl.lakes import compact_tenant
from etl.refit import refit_what_has_drifted
from etl.replay import replay
from etl.run import run
from etl.watch import Why
from pathways.demo.life import demonstrations, go_on
from pathways.tick import tenants_to_tick

log = logging.getLogger(__name__)

# The connector is a placeholder: etl/worker.py puts in the one of the installation.
tasks = App(connector=PsycopgConnector())

COMPACT = "compact"
TICK = "tick"
HEARTBEAT_LOST = 30  # seconds without a sign of life, after which a worker's jobs are given to another
NIGHT = 3  # o'clock, UTC


@tasks.task(name=REFRESH, queue=REFRESH, retry=RetryStrategy(max_attempts=5, exponential_wait=4))
async def refresh(tenant_id: str) -> None:
    """One run of a tenant's ETL; a run that wrote asks for compaction in the night, or at once when files pile up."""
    outcome = await asyncio.to_thread(run, UUID(tenant_id), settle=False)
    if outcome.rows_in or outcome.rows_out:
        await asyncio.to_thread(compact_tenant, UUID(tenant_id), only_if_crowded=True)
        await _compact_later(tenant_id)


@tasks.task(name=FIT_AGAIN, queue=REFRESH, retry=RetryStrategy(max_attempts=3, exponential_wait=4))
async def fit_again(tenant_id: str) -> None:
    """A run that fits every curve of a tenant again, because a manager has asked for it."""
    await asyncio.to_thread(run, UUID(tenant_id), None, Why.ASKED)


@tasks.periodic(cron="30 2 * * *")
@tasks.task(name="watch_curves", queue=REFRESH, queueing_lock="watch_curves")
async def watch_curves(timestamp: int) -> None:
    """Every night: fit again what has drifted on answers that no fit has seen."""
    await asyncio.to_thread(refit_what_has_drifted, datetime.now(UTC))


@tasks.task(name=COMPACT, queue=REFRESH)
async def compact(tenant_id: str) -> None:
    """Merge a lake's small files and forget its old snapshots."""
    await asyncio.to_thread(compact_tenant, UUID(tenant_id))


@tasks.task(name=REPLAY, queue=REPLAY, retry=RetryStrategy(max_attempts=5))
async def replay_settings(tenant_id: str, replay_id: str) -> None:
    """Judge a tenant's last days under other settings; stopped or killed on the way it begins anew."""
    stopped = Event()
    try:
        await asyncio.to_thread(replay, UUID(tenant_id), UUID(replay_id), must_stop=stopped.is_set)
    except asyncio.CancelledError:
        stopped.set()  # a thread cannot be cancelled, and the process would wait for it
        raise


async def _compact_later(tenant_id: str) -> None:
    # No lock: a job that waits for the night would hold it before every refresh (seen). The run's own lock is enough.
    later = compact.configure(queueing_lock=f"compact {tenant_id}", schedule_at=_tonight())
    try:
        await later.defer_async(tenant_id=tenant_id)
    except AlreadyEnqueued:
        pass


def _tonight() -> datetime:
    now = datetime.now(UTC)
    at = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)


@tasks.periodic(cron="* * * * * */10")
@tasks.task(name="sweep", queue=REFRESH, queueing_lock="sweep")
async def sweep(timestamp: int) -> None:
    """Catch what a crash between a commit and its wake-up call has missed, and what time alone has made due."""
    for due in await asyncio.to_thread(tenants_due, datetime.now(UTC)):
        await asyncio.to_thread(defer_refresh, due.tenant_id)


@tasks.periodic(cron="* * * * * */30")
@tasks.task(name=TICK, queue=TICK, queueing_lock=TICK)
async def tick_all(timestamp: int) -> None:
    """Write what has fallen due in every tenant; a second worker doing the same finds nothing left."""
    now = datetime.now(UTC)
    for tenant_id in await asyncio.to_thread(tenants_to_tick, now):
        await asyncio.to_thread(go_on, tenant_id, now)


@tasks.periodic(cron="*/5 * * * * 40")
@tasks.task(name="demonstrate", queue=TICK, queueing_lock="demonstrate")
async def demonstrate(timestamp: int) -> None:
    """Let the synthetic patients of the demonstrations answer; a real tenant has none."""
    now = datetime.now(UTC)
    for tenant_id in await asyncio.to_thread(demonstrations):
        await asyncio.to_thread(go_on, tenant_id, now)


@tasks.periodic(cron="* * * * * 20")
@tasks.task(name="escalate", queue=TICK, queueing_lock="escalate")
async def escalate_all(timestamp: int) -> None:
    """Tell the managers of alerts that nobody has finished in time; a second worker finds nothing left."""
    now = datetime.now(UTC)
    for tenant_id in await asyncio.to_thread(tenants_to_escalate, now):
        await asyncio.to_thread(escalate, tenant_id, now)


@tasks.periodic(cron="* * * * * 5-59/10")
@tasks.task(name="revive", queue=REFRESH, queueing_lock="revive")
async def revive(timestamp: int) -> None:
    """
    Give the jobs of killed workers to the living.

    Such a job stays "doing", and its lock would shut its tenant out for ever; this task has no lock of its own.
    """
    manager = tasks.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=HEARTBEAT_LOST):
        log.warning("Job %s (%s) has lost its worker and starts again", job.id, job.task_name)
        try:
            await manager.retry_job(job)
        except ConnectorException:
            # the same work is waiting already: only the dead one's lock has to go
            await manager.finish_job(job, Status.FAILED, delete_job=True)
