"""The worker: does what is deferred, and looks now and then for what nobody deferred."""

import os
from datetime import UTC, datetime

from procrastinate import PsycopgConnector

from care.database import APP, conninfo
from care.queue import REFRESH, REPLAY
from etl.due import tenants_due
from etl.tasks import HEARTBEAT_LOST, TICK, tasks

# One more than the two runs that fit two cores: a long first run must not keep the sweep from looking.
AT_ONCE = 3
# Whoever waits at a screen goes first. A run that has a core for itself is none the slower for it.
COURTESY = 5
# Seconds. A new job wakes the worker at once; one that has waited for its tenant's run to end is found by looking.
POLL_EVERY = 0.2


def work() -> None:
    """Work until a signal asks to stop; a run that has begun ends first, and a killed one is run again."""
    os.nice(COURTESY)
    tenants_due(datetime.now(UTC))  # refuses in a sentence where the queue would try for ever
    connector = PsycopgConnector(conninfo=conninfo(APP, search_path="procrastinate"), min_size=1, max_size=4)
    with tasks.replace_connector(connector):
        tasks.run_worker(
            queues=[REFRESH, TICK, REPLAY],
            name="etl",
            concurrency=AT_ONCE,
            fetch_job_polling_interval=POLL_EVERY,
            update_heartbeat_interval=10,
            stalled_worker_timeout=HEARTBEAT_LOST,
            shutdown_graceful_timeout=15,
            delete_jobs="successful",
        )
