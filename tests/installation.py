"""A whole installation started as `make run` starts it, on a free port and in a folder of its own."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

import settings
from care import database, queue
from pathways.demo.tenant import demo_accounts

PATIENCE = 240  # seconds a first start may take on two cores


class Installation:
    """
    One folder, one port; started and stopped as often as a test likes.

    ``url`` is where the staff site answers, ``portal_url`` the patients'; ``accounts`` maps a role to the
    (e-mail, password) of its demo account.
    """

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="po-"))  # short: the database's socket lies in it
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.portal_url = f"http://127.0.0.1:{free_port()}"
        self.output = self.var / "terminal.txt"
        self.process: subprocess.Popen | None = None
        self.first_start_seconds = 0.0

    @property
    def accounts(self) -> dict[str, tuple[str, str]]:
        first: dict[str, tuple[str, str]] = {}
        for role, email, password in demo_accounts():
            first.setdefault(str(role), (email, password))
        return first

    def environment(self, **others: str) -> dict[str, str]:
        """What ``make run`` would see in a clean terminal: nothing of the test session's own database."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PO_", "DATABASE_"))}
        ours = {"PO_VAR": str(self.var), "PORT": str(self.port), "PORTAL_URL": self.portal_url, "PYTHONUNBUFFERED": "1"}
        return clean | ours | others

    def start(self) -> float:
        """Start and wait until ready; the seconds it took."""
        began = time.monotonic()
        self.spawn()
        self.wait_until_ready()
        return time.monotonic() - began

    def spawn(self) -> None:
        """Start without waiting."""
        with open(self.output, "a") as terminal:
            self.process = subprocess.Popen(
                [sys.executable, "serve.py"],
                cwd=settings.ROOT,
                env=self.environment(),
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,  # a terminal of its own, so to say: its Ctrl-C reaches this group only
            )

    def wait_until_ready(self, patience: float = PATIENCE) -> None:
        deadline = time.monotonic() + patience
        while self.health() != 200:
            assert self.process.poll() is None, f"it ended by itself:\n{self.output.read_text()}"
            assert time.monotonic() < deadline, f"not ready after {patience} s:\n{self.output.read_text()}"
            time.sleep(0.1)

    def health(self) -> int:
        """The status of /healthz; 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C, or another signal, to the whole group as a terminal sends it; the exit status."""
        os.killpg(self.process.pid, how)
        return self.process.wait(timeout=60)

    def remove(self) -> None:
        """Stop whatever runs and take the folder away."""
        if self.process and self.process.poll() is None:
            self.stop(signal.SIGTERM)
        for left in self.processes():
            with suppress(psutil.NoSuchProcess):
                left.kill()
        shutil.rmtree(self.var, ignore_errors=True)

    def pids(self) -> dict[str, int]:
        """The running programs by name: manager, db, web, worker, postgres."""
        marks = {
            "manager": ["supervisor.supervisord", str(self.var / "run" / "supervisord.conf")],
            "postgres": ["-D", str(self.var / "pg")],
            "db": ["care.embedded_keeper"],
            "web": ["dashboard/server.py"],
            "portal": ["-m", "portal"],
            "worker": ["etl", "work"],
        }
        return {
            name: process.pid
            for process in self.processes()
            for name, words in marks.items()
            if all(word in _command(process) for word in words)
        }

    def processes(self) -> list[psutil.Process]:
        """Every living process of this installation, orphans too: known by its folder in the environment or command."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                return False
            ours = process.environ().get("PO_VAR") == str(self.var)
            return ours or str(self.var / "pg") in process.cmdline()
        except psutil.Error:
            return False


@contextmanager
def inside(app: Installation) -> Iterator[None]:
    """The verbs of ``care`` talk to this installation's store while it lasts."""
    patch = pytest.MonkeyPatch()
    forget_connections()
    patch.setattr(settings, "DATABASE_URL", None)
    patch.setattr(settings, "VAR", app.var)
    patch.delenv("PO_SECRET", raising=False)
    try:
        yield
    finally:
        forget_connections()
        patch.undo()


def forget_connections() -> None:
    """Close what the test process has open to the store it talked to."""
    if queue.deferring_app.cache_info().currsize:
        queue.deferring_app().close()
    if database.app_engine.cache_info().currsize:
        database.app_engine().dispose()
    for cached in (queue.deferring_app, database.app_engine, database.given_url):
        cached.cache_clear()


def _command(process: psutil.Process) -> list[str]:
    """The words of its command line; none when it has ended since it was listed."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
