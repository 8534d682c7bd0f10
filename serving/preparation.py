"""Bring the installation to the state in which the programs can run; every step is cheap when it was done before."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

import settings
from care import embedded
from care.database import app_session, check_server
from care.migrate import migrate
from care.registry import load_library
from care.tenants import all_tenants
from serving.errors import ServingError
from serving.terminal import say

ONLY_HERE = ("127.0.0.1", "localhost", "::1")
CLUSTER = settings.VAR / "pg"
# While it exists, the demonstration was begun and not finished: a killed first start goes on where it stopped.
UNFINISHED = settings.VAR / "demonstration.unfinished"


@contextmanager
def database_stopped_at_the_end() -> Iterator[None]:
    """Whatever happens inside, no embedded server is left running."""
    try:
        yield
    finally:
        if not settings.DATABASE_URL:
            embedded.stop(CLUSTER)


def prepare() -> None:
    """Database, tables, definitions, demonstration, first ETL."""
    say("Starting the database" if not settings.DATABASE_URL else "Asking the database of DATABASE_URL")
    check_server()
    say("Bringing the tables up to date")
    migrate()
    if published := load_library():
        say(f"Published {published} definitions of data/")
    _demonstrate()
    _first_etl()


def has_demonstration() -> bool:
    return any(tenant.is_demo for tenant in all_tenants())


def _demonstrate() -> None:
    """
    Make the synthetic clinics where there is no tenant at all; never beside somebody's own.

    Their password is public, so a site that listens to the network gets none of them.
    """
    if not all_tenants() and settings.HOST in ONLY_HERE:
        UNFINISHED.touch()
    if UNFINISHED.exists():
        from pathways.demo.build import make_demo  # 0.6 s, which every later start spares

        say("Making the demonstration: three synthetic clinics, twelve weeks of answers")
        say(f"Wrote {make_demo():,} synthetic rows")
        UNFINISHED.unlink()


def _first_etl() -> None:
    with app_session(None) as session:
        never = session.scalar(text("SELECT count(*) FROM tenants_due(now()) WHERE why = 'never read'"))
    if never:
        say("Filling the warehouse for the first time: scores, recovery curves, flags")
        _run("etl", "run")


def _run(*command: str) -> None:
    """One of our own commands; it shows its own progress and, when it refuses, its own sentence."""
    tied = [sys.executable, "-m", "serving.tied", sys.executable, "-m", *command]
    with subprocess.Popen(tied, cwd=settings.ROOT) as process:
        try:
            status = process.wait()
        except BaseException:
            process.terminate()
            raise
    if status != 0:
        raise ServingError(f"`python -m {' '.join(command)}` failed (exit {status}): its reason stands above.")
