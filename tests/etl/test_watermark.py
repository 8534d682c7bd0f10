"""Nothing that commits late, elsewhere or in another server is lost, and nothing is carried twice."""

import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

import settings
from care import database, embedded
from care.database import TenantSession, app_session, role_password
from care.embedded_files import binary
from care.models import Episode, SurveyResponse
from etl.lakes import close_writer
from etl.run import run
from etl.watermark import SNAPSHOT, Watermark
from factories import make_episode, make_patient, make_response
from lake_rows import forget_readers, lake_rows

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
COUNT = "SELECT count(*), count(DISTINCT response_id) FROM lake.response"


@pytest.fixture(scope="module")
def episode(tenants) -> Episode:
    alpha, beta = tenants
    run(beta.id, NOW)
    with app_session(alpha.id) as session:
        return make_episode(session, make_patient(session, alpha.north))


def answer(session, episode: Episode):
    return make_response(session, episode, {"intensity": 3}, instrument="nprs@1", completed_at=datetime.now(UTC))


def test_a_transaction_that_began_before_and_commits_after_a_run_is_not_lost(tenants, episode):
    alpha, _ = tenants
    with TenantSession(alpha.id) as slow:
        late = answer(slow, episode)
        with app_session(alpha.id) as session:
            early = answer(session, episode)
        run(alpha.id, NOW)
        assert lake_rows(alpha.id, "SELECT response_id FROM lake.response") == [(early.id,)]
        slow.commit()
    assert run(alpha.id, NOW).rows_in == 1
    ids = lake_rows(alpha.id, "SELECT response_id FROM lake.response")
    assert sorted(ids) == sorted([(early.id,), (late.id,)])
    assert run(alpha.id, NOW).rows_in == 0


def test_writers_and_runs_racing_lose_nothing_and_carry_nothing_twice(tenants, episode):
    alpha, _ = tenants
    until = time.monotonic() + 4
    writers = [threading.Thread(target=write_until, args=(alpha.id, episode, until, seed)) for seed in range(3)]
    for writer in writers:
        writer.start()
    read = 0
    while any(writer.is_alive() for writer in writers):
        read += run(alpha.id, NOW).rows_in
    read += run(alpha.id, NOW).rows_in
    with app_session(alpha.id) as session:
        stored = session.scalar(select(func.count(SurveyResponse.id)))
    assert lake_rows(alpha.id, COUNT) == [(stored, stored)]
    assert read == stored - 2  # the two of the test before


def write_until(tenant_id, episode: Episode, until: float, seed: int) -> None:
    """Short and long transactions, some rolled back, some through a savepoint."""
    chance = random.Random(seed)
    while time.monotonic() < until:
        with TenantSession(tenant_id) as session:
            answer(session, episode)
            with session.begin_nested() as savepoint:
                answer(session, episode)
                if chance.random() < 0.3:
                    savepoint.rollback()
            time.sleep(chance.random() * 0.4)
            session.rollback() if chance.random() < 0.2 else session.commit()


def test_a_snapshot_is_put_into_sql_only_if_it_looks_like_one():
    assert SNAPSHOT.fullmatch("758:760:758,759") and SNAPSHOT.fullmatch("1:1:")
    assert not SNAPSHOT.fullmatch("1:1:'; DROP TABLE patient; --")
    assert Watermark(None, "1:1:", "1").only_news("SELECT 1 WHERE changed(x)") == "SELECT 1 WHERE TRUE"


@pytest.fixture
def second_server(tenants, monkeypatch) -> Iterator[None]:
    """The store dumped and restored into another server, as an operator moves it; everything now talks to that one."""
    folder = Path(tempfile.mkdtemp(prefix="po-"))
    url = embedded.ensure(folder / "pg", durable=False)
    for tenant in tenants:
        close_writer(tenant.id)
    move(settings.DATABASE_URL, url, ["po_owner", "po_app", *(f"po_lake_{tenant.id.hex}" for tenant in tenants)])
    with monkeypatch.context() as patch:
        patch.setattr(settings, "DATABASE_URL", url)
        forget_connections()
        yield
        forget_connections()
        for tenant in tenants:
            close_writer(tenant.id)
    embedded.stop(folder / "pg")
    shutil.rmtree(folder)


def move(old: str, new: str, roles: list[str]) -> None:
    with psycopg.connect(new, autocommit=True) as connection:
        for role in roles:
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role_password(role)}'")
    with subprocess.Popen([binary("pg_dump"), "--dbname", old, "--format=custom"], stdout=subprocess.PIPE) as dump:
        subprocess.run([binary("pg_restore"), "--dbname", new, "--exit-on-error"], stdin=dump.stdout, check=True)
    with psycopg.connect(new, autocommit=True) as connection:
        # The first server was older: its rows carry transaction ids that this one has not reached.
        connection.execute("SET session_replication_role = replica")
        for table in ("patient", "survey_response", "alert_event"):
            connection.execute(f"UPDATE {table} SET changed_xact = '4000000000'::xid8")


def forget_connections() -> None:
    database.app_engine().dispose()
    database.app_engine.cache_clear()
    database.given_url.cache_clear()
    forget_readers()


def test_after_a_restore_into_another_server_one_changed_row_arrives(tenants, episode, second_server):
    alpha, _ = tenants
    before = lake_rows(alpha.id, COUNT)[0][0]
    with app_session(alpha.id) as session:
        changed = answer(session, episode)
    run(alpha.id, NOW)
    assert lake_rows(alpha.id, COUNT) == [(before + 1, before + 1)]
    assert lake_rows(alpha.id, "SELECT count(*) FROM lake.response WHERE response_id = ?", changed.id) == [(1,)]
    assert lake_rows(alpha.id, "SELECT count(DISTINCT cluster) FROM lake.etl_run") == [(2,)]
    assert run(alpha.id, NOW).rows_in == 0
