"""Connections that the server has closed, texts read once, and a burst of changes that wakes the worker once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event, text

from care.database import APP, app_engine, app_session, conninfo
from care.errors import CareError
from care.queue import news
from care.registry import find_definition, load_library, publish_own


def test_a_session_after_the_server_has_closed_every_connection_opens_a_new_one(two_tenants, postgres_server):
    alpha, _ = two_tenants
    with app_session(alpha.id) as session:
        before = session.scalar(text("SELECT pg_backend_pid()"))
    with app_session(alpha.id) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) == before
    with psycopg.connect(postgres_server, autocommit=True) as superuser:
        assert superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [before]).fetchone() == (True,)
    with app_session(alpha.id) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != before


def test_a_transaction_of_no_tenant_sees_no_rows_also_on_a_connection_that_a_tenant_has_used(two_tenants):
    alpha, _ = two_tenants
    with app_session(alpha.id) as session:
        assert session.scalar(text("SELECT count(*) FROM clinic")) == 2
    with app_session(None) as session:
        assert session.scalar(text("SELECT count(*) FROM clinic")) == 0


def test_a_library_text_is_asked_for_once_and_a_tenants_own_every_time_behind_its_wall(two_tenants):
    alpha, beta = two_tenants
    load_library()
    with app_session(alpha.id) as session:
        body = find_definition(session, "instrument", "nprs@1").body
        own = publish_own(session, "instrument", body.replace('key = "nprs"', 'key = "own:nprs"')).reference
    asked = []
    event.listen(app_engine(), "before_cursor_execute", lambda *call: asked.append(call[2]))
    with app_session(alpha.id) as session:
        assert find_definition(session, "instrument", "nprs@1").body == body
        assert not [each for each in asked if "FROM definition" in each]
        assert find_definition(session, "instrument", own).reference == own
    with app_session(beta.id) as session:
        assert find_definition(session, "instrument", "nprs@1").body == body
        with pytest.raises(CareError, match="There is no instrument"):
            find_definition(session, "instrument", own)


def test_many_changes_at_once_leave_one_waiting_run_and_a_change_after_it_began_another(two_tenants):
    _, beta = two_tenants
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_change, [beta.id] * 40))
    assert _jobs(beta.id) == ["todo"]
    with psycopg.connect(conninfo(APP, search_path="procrastinate"), autocommit=True) as worker:
        worker.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE lock = %s", [str(beta.id)])
    _change(beta.id)
    assert _jobs(beta.id) == ["doing", "todo"]


def _change(tenant_id: UUID) -> None:
    with app_session(tenant_id) as session:
        session.execute(text("SELECT 1"))
        news(session)


def _jobs(tenant_id: UUID) -> list[str]:
    with psycopg.connect(conninfo(APP)) as connection:
        rows = connection.execute(
            "SELECT status FROM procrastinate.procrastinate_jobs WHERE queueing_lock = %s ORDER BY id", [str(tenant_id)]
        )
        return [status for (status,) in rows]
