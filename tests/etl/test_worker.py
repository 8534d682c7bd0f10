"""The worker: a change is carried within seconds, and a killed worker's tenant is fresh again without help."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest

import settings
from busy_clinic import fill, pain
from care.database import APP, app_session, conninfo
from care.models import Episode
from care.queue import news
from etl.due import tenants_due
from etl.lakes import close_writer
from lake_rows import lake_rows


@contextmanager
def worker() -> Iterator[subprocess.Popen]:
    """``python -m etl work``, ended with SIGTERM unless the test has killed it."""
    with subprocess.Popen([sys.executable, "-m", "etl", "work"], cwd=settings.ROOT) as process:
        try:
            yield process
        finally:
            process.terminate()


def wait_until(holds, seconds: float) -> float:
    """How long it took until ``holds()``."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, f"still not so after {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - started


def fresh() -> bool:
    return not tenants_due(datetime.now(UTC))


@pytest.fixture(scope="module")
def clinics(tenants):
    """Alpha and Beta with patients, never read; nobody has told the queue."""
    for tenant in tenants:
        fill(tenant)
    yield tenants
    for tenant in tenants:
        close_writer(tenant.id)


def test_the_sweep_finds_what_nobody_deferred_and_a_change_wakes_the_worker(clinics):
    alpha, beta = clinics
    with worker() as process:
        wait_until(fresh, 60)
        assert lake_rows(alpha.id, "SELECT count(*) FROM lake.response") == [(144,)]
        assert lake_rows(beta.id, "SELECT count(*) FROM lake.response") == [(144,)]
        for _ in range(5):
            with app_session(alpha.id) as session:
                pain(session, session.query(Episode).filter_by(state="open").first(), 44, 3)
                news(session)
        wait_until(fresh, 30)
        process.terminate()
        assert process.wait(timeout=30) == 0
    assert lake_rows(alpha.id, "SELECT count(*) FROM lake.response") == [(149,)]


@pytest.mark.slow
def test_after_a_worker_was_killed_in_mid_run_the_tenant_is_fresh_within_90_seconds(clinics):
    alpha, _ = clinics
    with app_session(alpha.id) as session:
        for episode in session.query(Episode).filter_by(state="closed"):
            pain(session, episode, 60, 2)
        news(session)
    with worker() as process:
        wait_until(is_running, 60)
        process.kill()
    killed = time.monotonic()
    assert not fresh()
    with worker():
        wait_until(fresh, 90)
    assert time.monotonic() - killed < 90


def is_running() -> bool:
    with psycopg.connect(conninfo(APP, search_path="procrastinate")) as connection:
        doing = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND task_name = 'refresh'"
        return connection.execute(doing).fetchone()[0] > 0
