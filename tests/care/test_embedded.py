"""One embedded server for several processes: started once, adopted, mended after a crash, stopped without a trace."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

import settings
from care import embedded, embedded_files
from care.errors import CareError

STARTER = "import sys; from pathlib import Path; from care import embedded; print(embedded.ensure(Path(sys.argv[1])))"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for a cluster; the server in it is stopped at the end."""
    place = Path(tempfile.mkdtemp(prefix="po-"))
    yield place / "pg"
    embedded.stop(place / "pg")
    shutil.rmtree(place)


def postmaster_pid(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split()[0])


def answer(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 42").fetchone()[0]


def start_in_another_process(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder)], cwd=settings.ROOT, stdout=subprocess.PIPE, text=True
    )


def test_two_processes_that_start_at_once_share_one_server(folder):
    both = [start_in_another_process(folder) for _ in range(2)]
    urls = {process.communicate(timeout=60)[0].strip() for process in both}
    assert len(urls) == 1
    assert answer(urls.pop()) == 42


def test_a_running_server_is_adopted(folder):
    embedded.ensure(folder, durable=False)
    pid = postmaster_pid(folder)
    embedded.ensure(folder, durable=False)
    assert postmaster_pid(folder) == pid


def test_what_was_committed_survives_a_killed_postmaster(folder):
    url = embedded.ensure(folder)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    os.kill(postmaster_pid(folder), signal.SIGKILL)
    with psycopg.connect(embedded.ensure(folder)) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)


def test_a_pid_file_naming_another_program_is_forgotten(folder):
    """After a reboot the pid of the pid file may be anybody's: here it is ours."""
    embedded.ensure(folder, durable=False)
    left = (folder / "postmaster.pid").read_text()
    embedded.stop(folder)
    (folder / "postmaster.pid").write_text(left.replace(left.split()[0], str(os.getpid()), 1))
    assert not embedded.is_running(folder)
    assert answer(embedded.ensure(folder, durable=False)) == 42


def test_a_stopped_server_leaves_no_pid_file_no_socket_and_no_process(folder):
    embedded.ensure(folder, durable=False)
    server = psutil.Process(postmaster_pid(folder))
    embedded.stop(folder)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
    assert not (folder / "postmaster.pid").exists()
    assert not list(folder.glob(".s.PGSQL*"))


def test_stopping_a_server_that_does_not_run_does_nothing(folder):
    embedded.stop(folder)
    assert not folder.exists()


def test_a_killed_initdb_is_begun_anew(folder):
    """``initdb`` writes PG_VERSION early; a folder that looks finished but is not would never start."""
    unfinished = folder.with_name("pg.new")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    assert answer(embedded.ensure(folder, durable=False)) == 42


def test_a_path_too_long_for_a_socket_gets_a_private_folder_for_it(folder):
    long = folder.parent / ("x" * 100) / "pg's own"
    url = embedded.ensure(long, durable=False)
    try:
        sockets = embedded_files.socket_folder(long)
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert answer(url) == 42
    finally:
        embedded.stop(long)
        sockets.rmdir()


def test_a_broken_cluster_is_refused_with_the_servers_own_words(folder):
    embedded.ensure(folder, durable=False)
    embedded.stop(folder)
    (folder / "global" / "pg_control").unlink()
    with pytest.raises(CareError, match=r"did not start: .*pg_control.* Its logs are in"):
        embedded.ensure(folder, durable=False)


def test_the_server_listens_on_no_network_and_logs_no_values(folder):
    url = embedded.ensure(folder)
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        connection.execute("CREATE TABLE person (name text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES ('Agatha Exemplary')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('Agatha Exemplary')")
    time.sleep(0.2)  # the collector writes on its own
    logged = "".join(log.read_text() for log in (folder / "log").iterdir())
    assert "duplicate key" in logged
    assert "Agatha" not in logged


def test_only_passage_is_opened_above_the_cluster(folder):
    """Root's own folders stay unlisted: the server's user may pass through them, no more."""
    folder.parent.chmod(0o700)
    embedded.ensure(folder, durable=False)
    expected = 0o701 if os.geteuid() == 0 else 0o700
    assert folder.parent.stat().st_mode & 0o777 == expected
