"""Whatever is killed, and wherever: run again, it ends as if nothing had happened, and every alert exists once."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

import etl.run
import settings
from busy_clinic import NOW, everything_known, fill, pain
from care.database import app_session
from care.models import Alert, Episode, TenantLake
from etl.due import tenants_due
from etl.errors import EtlError
from etl.lakes import close_writer
from etl.rebuild import rebuild
from etl.run import run
from lake_rows import forget_readers

KILLS = 6
ONE_RUN = """
import sys
from datetime import datetime
from uuid import UUID
from etl.run import run
print("ready", flush=True)
run(UUID(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def undisturbed(tenants):
    """Beta, filled like Alpha, whose run nobody disturbs; what it knows, and how long a run takes here."""
    alpha, beta = tenants
    for tenant in (alpha, beta):
        fill(tenant)
    with started_run(beta) as process:
        started = time.monotonic()
        assert process.wait(timeout=120) == 0
        seconds = time.monotonic() - started
    return everything_known(beta), seconds


@contextmanager
def started_run(tenant) -> Iterator[subprocess.Popen]:
    """A run in a process of its own, handed over when its imports are done."""
    command = [sys.executable, "-c", ONE_RUN, str(tenant.id), NOW.isoformat()]
    with subprocess.Popen(command, cwd=settings.ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield process


def test_a_run_killed_anywhere_and_run_again_ends_in_the_same_rows(tenants, undisturbed):
    alpha, _ = tenants
    expected, seconds = undisturbed
    for kill in range(KILLS):
        with started_run(alpha) as process:
            time.sleep(seconds * kill / KILLS)
            process.kill()
    run(alpha.id, NOW)
    assert everything_known(alpha) == expected
    assert expected["care alerts"]  # the clinic is busy enough for the comparison to mean something


def test_a_crash_between_the_two_commits_is_made_up_for(tenants, undisturbed, monkeypatch):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        before = session.scalars(select(Alert.id)).all()
        session.get_one(TenantLake, alpha.id).next_due_at = NOW
    with app_session(alpha.id) as session:
        calm = session.scalars(select(Episode).where(Episode.state == "open").order_by(Episode.id)).first()
        pain(session, calm, 50, 10)

    def crash(*_arguments):
        raise RuntimeError("the power went out")

    with monkeypatch.context() as patch:
        patch.setattr(etl.run, "deliver", crash)
        with pytest.raises(EtlError, match="nothing of it was kept"):
            run(alpha.id, NOW)
    assert [due.why for due in tenants_due(NOW) if due.tenant_id == alpha.id] == ["not delivered"]
    with app_session(alpha.id) as session:
        assert session.scalars(select(Alert.id)).all() == before
    for _ in range(2):
        run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        assert len(session.scalars(select(Alert.id)).all()) == len(before) + 1
        lake = session.get_one(TenantLake, alpha.id)
        assert (lake.dirty, lake.last_error) == (False, None)


def test_a_failed_run_leaves_its_reason_and_no_text_of_a_row(tenants, monkeypatch):
    alpha, _ = tenants

    def fail(*_arguments):
        raise ValueError("could not convert 'Rosa Example, 12 Elm Street'")

    with monkeypatch.context() as patch:
        patch.setattr(etl.run, "read_watermark", fail)
        with pytest.raises(EtlError):
            run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        assert "ValueError" in session.get_one(TenantLake, alpha.id).last_error
        assert "Elm" not in session.get_one(TenantLake, alpha.id).last_error


def test_a_lake_made_anew_knows_the_same(tenants, undisturbed):
    _, beta = tenants
    expected, _ = undisturbed
    close_writer(beta.id)
    rebuild(beta.id, NOW)
    forget_readers()
    again = everything_known(beta)
    assert {name: rows for name, rows in again.items() if name not in ("tracks", "flags")} == {
        name: rows for name, rows in expected.items() if name not in ("tracks", "flags")
    }
