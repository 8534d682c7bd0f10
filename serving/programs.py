"""The programs of one installation and the supervisord configuration that keeps them running."""

import os
import shlex
import sys
from pathlib import Path

import settings

LOGS = settings.VAR / "log"

WEB = [
    *("-m", "streamlit", "run", "dashboard/server.py"),
    *("--server.address", settings.HOST, "--server.port", str(settings.PORT), "--server.headless", "true"),
    *("--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false"),
]

# name: (order, python's arguments, seconds to stop). Later ones stop first: nobody may need the database after it.
PROGRAMS = {
    "db": (10, ["-m", "care.embedded_keeper"], 90),
    "web": (20, WEB, 10),
    "portal": (20, ["-m", "portal"], 10),
    "worker": (30, ["-m", "etl", "work"], 20),
}


def supervisor_command(folder: Path) -> list[str]:
    """Write the configuration into the folder; what starts the manager in the foreground."""
    folder.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    configuration = folder / "supervisord.conf"
    configuration.write_text("\n".join([_manager(folder), *(_program(name) for name in _wanted())]))
    return [sys.executable, "-m", "serving.tied", sys.executable, "-m", "supervisor.supervisord", "-c", configuration]


def _wanted() -> list[str]:
    return [name for name in PROGRAMS if name != "db" or not settings.DATABASE_URL]


def _manager(folder: Path) -> str:
    return f"""[supervisord]
nodaemon = true
loglevel = warn
logfile = {_literal(LOGS / "supervisord.log")}
logfile_maxbytes = 5MB
logfile_backups = 3
pidfile = {_literal(folder / "supervisord.pid")}
childlogdir = {_literal(LOGS)}
directory = {_literal(settings.ROOT)}
{"user = root" if os.geteuid() == 0 else ""}
"""


def _program(name: str) -> str:
    order, arguments, patience = PROGRAMS[name]
    command = [sys.executable, "-m", "serving.tied", sys.executable, *arguments]
    # A program killed after its first second is started again at once, one that fails at once ever more slowly.
    return f"""[program:{name}]
command = {_literal(shlex.join(command))}
directory = {_literal(settings.ROOT)}
priority = {order}
autorestart = true
startsecs = 1
startretries = 1000
stopwaitsecs = {patience}
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = {_literal(LOGS / name)}.log
stdout_logfile_maxbytes = 5MB
stdout_logfile_backups = 3
"""


def _literal(text: object) -> str:
    """supervisord expands % signs."""
    return str(text).replace("%", "%%")
