"""
What the ETL costs on one published registry year: the whole, one answer, nothing, the raw copy, and the panel it feeds.

``bench etl`` calls ``measure``.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine, select, text
from streamlit.testing.v1 import AppTest

import settings
from bench.etl_registry import Measured
from care import embedded
from care.access import Role
from care.database import app_session, role_url
from care.ids import new_id
from care.migrate import migrate
from care.models import Episode, SurveyResponse, Tenant
from care.models.event import EntryMode, Wording
from care.registry import load_library
from care.sign_in import authenticate, start_session
from care.tenants import add_account, add_tenant, tenant_named
from dashboard import session
from etl.frames import make_table
from etl.imports.nhs_proms import import_nhs_proms
from etl.lakes import open_writer
from etl.run import run

TRIALS = 200
OPEN_EPISODES = 40_000
PASSWORD = "only for this benchmark"


@dataclass(frozen=True)
class Faster:
    """How many times faster than another way, beside its bar."""

    what: str
    times: float
    bar: float

    @property
    def is_met(self) -> bool:
        return self.times >= self.bar

    def __str__(self) -> str:
        return f"{self.what:<58} {self.times:8.2f} ×   at least {self.bar:g} ×  {'ok' if self.is_met else 'MISSED'}"


def measure(archive: Path) -> Iterator[Measured | Faster]:
    """Every number as it is known, in an installation of its own that is removed again."""
    with _installation():
        tenants = [_tenant(f"registry {number}", archive) for number in range(3)]
        yield Measured("full ETL of one year, scores to flags", _median(lambda t: run(t.id), tenants), 30)
        live = _tenant("live", archive, OPEN_EPISODES)
        run(live.id)
        run(live.id)  # the alerts it raised are news, too
        yield Measured("`python -m etl run` with nothing due (p95)", _p95(_command), 0.5)
        yield Measured("one new answer among 80,000 episodes, warm (p95)", _p95(_one_answer(live)), 1.0)
        yield Measured("panel script run, 40,000 open episodes (p95)", _p95(_panel(live)), 0.3)
        yield _copy_ratio(tenants[0])


@contextmanager
def _installation() -> Iterator[None]:
    folder = Path(tempfile.mkdtemp(prefix="po-"))
    settings.DATABASE_URL, settings.VAR = None, folder
    settings.LAKE_ROOT, settings.EXPORT_ROOT = str(folder / "lake"), folder / "exports"
    try:
        migrate()
        load_library()
        yield
    finally:
        embedded.stop(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def _tenant(name: str, archive: Path, as_live: int = 0) -> Tenant:
    add_tenant(name, demo=bool(as_live), zone="Europe/London")
    tenant = tenant_named(name)
    import_nhs_proms(archive, tenant, as_live)
    return tenant


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _median(work: Callable[[Tenant], object], tenants: list[Tenant]) -> float:
    return statistics.median(_seconds(lambda t=tenant: work(t)) for tenant in tenants)


def _p95(work: Callable[[], object]) -> float:
    work()  # warm
    return statistics.quantiles((_seconds(work) for _ in range(TRIALS)), n=20)[-1]


def _command() -> None:
    """The whole command, the start of Python included."""
    environment = {"PO_VAR": str(settings.VAR), "PATH": ""}
    told = subprocess.run(
        [sys.executable, "-m", "etl", "run"], cwd=settings.ROOT, env=environment, capture_output=True, text=True
    )
    if told.stdout != "Nothing is due.\n":
        raise RuntimeError(told.stdout + told.stderr)


def _one_answer(tenant: Tenant) -> Callable[[], None]:
    """A run that carries, scores, judges and delivers one new answer of an open episode."""
    with app_session(tenant.id) as opened:
        episodes = iter(opened.execute(select(Episode.id, Episode.patient_id).where(Episode.state == "open")).all())

    def answer_and_run() -> None:
        episode_id, patient_id = next(episodes)
        now = datetime.now(UTC)
        with app_session(tenant.id) as opened:
            items = opened.scalar(select(SurveyResponse.answers).where(SurveyResponse.episode_id == episode_id))
            opened.add(
                SurveyResponse(
                    id=new_id(), tenant_id=tenant.id, patient_id=patient_id, episode_id=episode_id,
                    instrument="oxford_hip@1", answers=items, completed_at=now, local_date=now.date(), zone="UTC",
                    entry_mode=EntryMode.WEB, wording=Wording.OFFICIAL,
                )
            )  # fmt: skip
        run(tenant.id)

    return answer_and_run


def _panel(tenant: Tenant) -> Callable[[], None]:
    """One script run of the provider panel, signed in as somebody who sees every clinic."""
    add_account("provider@example.org", tenant.name, Role.PROVIDER, PASSWORD)
    now = datetime.now(UTC)
    token = start_session(authenticate("provider@example.org", PASSWORD, now)[0], now)
    session.token = lambda: token
    app = AppTest.from_file(settings.ROOT / "dashboard" / "app.py", default_timeout=60).run()
    app.switch_page("../pages/panel.py").run()
    for control in [*app.segmented_control, *app.button_group]:
        if "clinic" in str(control.options).lower():
            control.set_value(next(option for option in control.options if "clinic" in option.lower())).run()

    def run_script() -> None:
        if app.run().exception:
            raise RuntimeError(app.exception[0].message)

    return run_script


def _copy_ratio(tenant: Tenant) -> Faster:
    """How many times faster the raw copy into the lake is than through pandas; median of three each."""
    query = "SELECT id, episode_id, instrument, local_date, completed_at, answers::text AS answers FROM survey_response"
    connection = open_writer(tenant.id)
    engine = create_engine(role_url("po_app"))

    def ours() -> None:
        connection.execute(f"CREATE OR REPLACE TABLE lake.copied AS FROM postgres_query('care', '{query}')")

    def through_pandas() -> None:
        with engine.connect() as store:
            store.execute(text("SELECT set_config('app.tenant_id', :tenant, true)"), {"tenant": str(tenant.id)})
            make_table(connection, "read", pd.read_sql(text(query), store))
        connection.execute("CREATE OR REPLACE TABLE lake.copied AS FROM read")

    fast, slow = (statistics.median(_seconds(work) for _ in range(3)) for work in (ours, through_pandas))
    return Faster("raw copy against pandas.read_sql + insert", slow / fast, 4)
