"""A replay whose worker is killed in the middle is begun anew by the next one."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

import settings
from busy_clinic import NOW, fill
from care.database import app_session
from care.models import Replay
from care.replays import ask_replay, hand_over_again
from care.status import ReplayState
from etl.run import run


@contextmanager
def worker() -> Iterator[subprocess.Popen]:
    with subprocess.Popen([sys.executable, "-m", "etl", "work"], cwd=settings.ROOT) as process:
        try:
            yield process
        finally:
            process.terminate()


def wait_for(tenant, replay_id, holds, seconds: float = 240) -> Replay:
    started = time.monotonic()
    while True:
        with app_session(tenant.id) as session:
            row = session.get_one(Replay, replay_id)
        if holds(row):
            return row
        assert time.monotonic() - started < seconds, f"still {row.state}, step {row.step}"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_replay_whose_worker_is_killed_begins_anew(tenants):
    alpha = tenants[0]
    fill(alpha)
    run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        row = ask_replay(session, None, {"silent.expired_in_row": 1})
    with worker() as process:
        wait_for(alpha, row.id, lambda each: each.step >= 3)
        process.kill()
    with worker():
        done = wait_for(alpha, row.id, lambda each: each.state is ReplayState.DONE)
    assert done.step == done.steps == 91 and done.result["episodes"] == 12


@pytest.mark.slow
def test_a_replay_that_was_never_handed_over_is_handed_over_by_who_waits_for_it(tenants):
    alpha = tenants[0]
    with app_session(alpha.id) as session:
        row = ask_replay(session, None, {"silent.expired_in_row": 1})
        session.info.pop("replay")  # a crash between the commit and the queue
    with app_session(alpha.id) as session:
        row = session.get_one(Replay, row.id)
    hand_over_again(row, row.asked_at + timedelta(minutes=1))
    hand_over_again(row, row.asked_at + timedelta(minutes=1))
    with worker():
        wait_for(alpha, row.id, lambda each: each.state is ReplayState.DONE)
