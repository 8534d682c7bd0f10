"""
What one published registry year costs: its import, the manager's page, the researcher's export.

``python -m bench.etl_registry ARCHIVE.zip``; ``bench etl`` calls ``measure``.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

import settings
from care import database, embedded, queue
from care.access import Role, Scope
from care.database import app_session
from care.lakes import lake_address
from care.migrate import migrate
from care.models import Tenant
from care.registry import definitions, load_library
from care.sign_in import authenticate, start_session
from care.tenants import add_account, add_tenant, tenant_named
from dashboard import session
from etl.imports.nhs_proms import import_nhs_proms
from etl.run import run
from warehouse.connection import Lake, reader
from warehouse.research.cohort import ExportChoice
from warehouse.research.freeze import make_freeze

PASSWORD = "only for this benchmark"
TRIALS = 30


@dataclass(frozen=True)
class Measured:
    """One number beside its bar, seconds: the median of three, or the 95th percentile of 200 short ones."""

    what: str
    seconds: float
    bar: float

    @property
    def is_met(self) -> bool:
        return self.seconds <= self.bar

    def __str__(self) -> str:
        return f"{self.what:<58} {self.seconds:8.2f} s   at most {self.bar:g} s   {'ok' if self.is_met else 'MISSED'}"


def measure(archive: Path) -> list[Measured]:
    """Every number, in an installation of its own that is removed again; the settings point to it while it lasts."""
    folder = Path(tempfile.mkdtemp(prefix="po-"))
    _forget_connections()
    settings.DATABASE_URL, settings.VAR = None, folder
    settings.LAKE_ROOT, settings.EXPORT_ROOT = str(folder / "lake"), folder / "exports"
    try:
        migrate()
        load_library()
        imports = [_seconds(lambda n=n: import_nhs_proms(archive, _tenant(n))) for n in range(3)]
        tenant = tenant_named("registry 0")
        run(tenant.id)
        return [
            Measured("import of one year", statistics.median(imports), 60),
            Measured("outcomes page, lake asked anew each time (p95)", _p95(_page_of(tenant)), 0.6),
            Measured("research export of one year", statistics.median(_exports(tenant)), 20),
        ]
    finally:
        embedded.stop(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def _forget_connections() -> None:
    """Another measurement of the same process may have pointed elsewhere."""
    for cached in (queue.deferring_app, database.app_engine, database.given_url):
        cached.cache_clear()


def _tenant(number: int) -> Tenant:
    add_tenant(f"registry {number}", zone="Europe/London")
    return tenant_named(f"registry {number}")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _p95(work: Callable[[], object]) -> float:
    return statistics.quantiles((_seconds(work) for _ in range(TRIALS)), n=20)[-1]


def _page_of(tenant: Tenant) -> Callable[[], object]:
    """One script run of the outcomes page without any kept answer; the lake stays open."""
    add_account("manager@example.org", tenant.name, Role.MANAGER, PASSWORD)
    now = datetime.now(UTC)
    token = start_session(authenticate("manager@example.org", PASSWORD, now)[0], now)
    session.token = lambda: token
    app = AppTest.from_file(settings.ROOT / "dashboard" / "app.py", default_timeout=60).run()
    app.switch_page("../pages/outcomes.py").run()

    def run_script() -> None:
        st.cache_data.clear()
        if app.run().exception:
            raise RuntimeError(app.exception[0].message)

    return run_script


def _exports(tenant: Tenant) -> list[float]:
    """The whole year three times, each written anew."""
    with app_session(tenant.id) as opened:
        published = definitions(opened, "instrument")
    with reader(Lake(**lake_address(tenant.id))) as connection:
        instruments = [row[0] for row in connection.execute("SELECT DISTINCT instrument FROM lake.response").fetchall()]
        condition = connection.execute("SELECT any_value(condition) FROM lake.episode").fetchone()[0]
        choice = ExportChoice(condition, tuple(sorted(instruments)), 2000, 2100)
        used = tuple(published[reference] for reference in choice.instruments)

        def export() -> None:
            shutil.rmtree(settings.EXPORT_ROOT, ignore_errors=True)
            make_freeze(connection.cursor(), Scope(tenant.id, None), choice, used)

        return [_seconds(export) for _ in range(3)]


def main(argv: list[str]) -> int:
    """Print every number; 1 when a bar was missed."""
    found = measure(Path(argv[0]))
    print(*found, sep="\n")
    return 0 if all(each.is_met for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
