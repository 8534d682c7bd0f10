"""What cannot work is refused in one sentence, before anything is started."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

import settings
from care import database
from care.errors import CareError
from installation import Installation


@pytest.fixture
def app() -> Iterator[Installation]:
    """An installation that was never started."""
    fresh = Installation()
    yield fresh
    shutil.rmtree(fresh.var)


def refusal(app: Installation, **environment: str) -> str:
    """What the terminal says; asserts that the start failed and made no database."""
    done = subprocess.run(
        [sys.executable, "serve.py"],
        cwd=settings.ROOT,
        env=app.environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert not (app.var / "pg").exists()
    return done.stderr.strip()


def test_a_port_in_use(app):
    with socket.socket() as other:
        other.bind(("127.0.0.1", app.port))
        other.listen()
        said = refusal(app)
    assert said == (
        f"Port {app.port} of 127.0.0.1 cannot be used (Address already in use): "
        f"end the program that has it, or choose another: PORT={app.port + 10} make run"
    )


def test_the_patients_port_in_use(app):
    port = urlsplit(app.portal_url).port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = refusal(app)
    assert said == (
        f"Port {port} of 127.0.0.1 cannot be used for the patients' site (Address already in use): "
        f"end the program that has it, or choose another: PORTAL_URL=http://localhost:{port + 10} make run"
    )


def test_one_port_for_both_sites(app):
    said = refusal(app, PORTAL_URL=app.url)
    assert said.startswith(f"The staff site and the patients' site cannot share port {app.port}: choose another")


def test_a_portal_address_that_is_none(app):
    assert refusal(app, PORTAL_URL="http://localhost:http").startswith("PORTAL_URL is “http://localhost:http”")


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none(app, port):
    said = refusal(app, PORT=port)
    assert said == f"PORT is “{port}”: give it a whole number from 1 to 65535, or leave it out for 8501."


def test_a_database_that_refuses(app):
    said = refusal(app, DATABASE_URL=f"postgresql://somebody:secret@127.0.0.1:{app.port}/physio")
    assert len(said.splitlines()) == 1
    assert "does not answer" in said
    assert "Check DATABASE_URL" in said
    assert "secret" not in said


def test_a_database_url_that_is_none(app):
    said = refusal(app, DATABASE_URL="the usual one")
    assert len(said.splitlines()) == 1
    assert "DATABASE_URL" in said


def test_a_database_that_is_too_old(store, monkeypatch):
    """PostgreSQL 15 is not at hand: the server that is stands in for it by asking for a newer one."""
    monkeypatch.setattr(database, "OLDEST_SERVER", 990000)
    with pytest.raises(CareError, match=r"is PostgreSQL 18; 99 or later is needed\. Point DATABASE_URL at a newer"):
        database.check_server()
