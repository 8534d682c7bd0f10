"""`DATABASE_URL`: a customer's server, where our login is no superuser."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url

import settings
from care import embedded
from installation import Installation


@pytest.fixture
def app() -> Iterator[Installation]:
    fresh = Installation()
    yield fresh
    embedded.stop(fresh.var / "customer")
    shutil.rmtree(fresh.var)


def customer_server(app: Installation, rights: str) -> str:
    """A server apart from the embedded one, with the login and the database of docs/operations.md; its address."""
    server = embedded.ensure(app.var / "customer", durable=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE physio LOGIN {rights}")
        connection.execute("CREATE DATABASE physio OWNER physio")
    return make_url(server).set(username="physio", database="physio").render_as_string()


def run(app: Installation, address: str, *command: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "care", *command],
        cwd=settings.ROOT,
        env=app.environment(DATABASE_URL=address),
        capture_output=True,
        text=True,
    )


def test_a_login_that_may_create_roles_and_databases_is_enough(app):
    address = customer_server(app, "CREATEROLE CREATEDB")
    for command in (("migrate",), ("tenant", "add", "Customer"), ("migrate",)):
        assert (run(app, address, *command).returncode, command) == (0, command)
    assert not (app.var / "pg").exists()


def test_a_login_without_those_rights_is_told_what_it_lacks(app):
    done = run(app, customer_server(app, ""), "migrate")
    assert done.returncode == 1
    assert done.stderr.startswith("The login of DATABASE_URL cannot prepare the database: permission denied")
    assert "Give it CREATEROLE, CREATEDB and the database" in done.stderr
