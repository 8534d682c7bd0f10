"""Fixtures every test may use: a real PostgreSQL, a migrated store of one's own, two tenants in it."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import make_url

import settings
from care import embedded
from care.migrate import migrate
from care.registry import load_library
from care.tenants import add_clinic, add_tenant
from installation import Installation, forget_connections
from two_workers import ByFile, place_in_line

_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place_in_line(item.path))


@pytest.hookimpl(optionalhook=True)  # one process alone, `-p no:xdist`, has no such hook
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    config.option.loadscopereorder = False  # it would begin with the many quick tests of a file
    return ByFile(config, log)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of the superuser of one throw-away PostgreSQL for the whole session."""
    folder = Path(tempfile.mkdtemp(prefix="po-"))  # short: the server's socket lies in it
    try:
        yield embedded.ensure(folder / "pg", durable=False)
    finally:
        embedded.stop(folder / "pg")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def running_app() -> Iterator[Installation]:
    """One whole installation with its demonstration, for tests in a browser and of starting and stopping."""
    app = Installation()
    try:
        app.first_start_seconds = app.start()
        yield app
    finally:
        app.remove()


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder of published data and scoring vectors beside the project; tests that need it skip without it."""
    folder = settings.ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent: published registries and scoring vectors cannot be checked here")
    return folder


@pytest.fixture(scope="session")
def template_store(postgres_server: str) -> str:
    """The name of a migrated database with our definitions published, which every store copies (40 ms, not 4 s)."""
    name = "template_store"
    _as_superuser(postgres_server, f"CREATE DATABASE {name}")
    with _installation(postgres_server, name):
        migrate()
        load_library()
    return name


@pytest.fixture(scope="module")
def store(postgres_server: str, template_store: str) -> Iterator[None]:
    """A migrated store with our definitions, lakes and exports of this module's own; all of ``care`` talks to it."""
    name = f"store_{next(_numbers)}"
    _as_superuser(postgres_server, f"CREATE DATABASE {name} TEMPLATE {template_store} OWNER po_owner")
    with _installation(postgres_server, name):
        yield
    _as_superuser(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _as_superuser(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


class _installation:
    """Points settings at a database and a folder of its own, and forgets every open connection before and after."""

    def __init__(self, server: str, name: str):
        self.url = make_url(server).set(database=name).render_as_string(hide_password=False)
        self.folder = Path(tempfile.mkdtemp(prefix="po-"))
        self.patch = pytest.MonkeyPatch()

    def __enter__(self) -> None:
        forget_connections()
        self.patch.setattr(settings, "DATABASE_URL", self.url)
        self.patch.setattr(settings, "VAR", self.folder)
        self.patch.setattr(settings, "LAKE_ROOT", str(self.folder / "lake"))
        self.patch.setattr(settings, "EXPORT_ROOT", self.folder / "exports")
        # A run of our small lakes takes a second thread twice the time of a processor; `running_app` has the default.
        self.patch.setattr(settings, "DUCKDB_THREADS", 1)
        self.patch.setenv("PO_DUCKDB_THREADS", "1")
        # Roles belong to the server and their passwords to the installation: one secret for the whole session.
        self.patch.setenv("PO_SECRET", "of the test session")
        # For commands that a test starts as processes of their own.
        self.patch.setenv("DATABASE_URL", self.url)
        self.patch.setenv("PO_VAR", str(self.folder))

    def __exit__(self, *_failure: object) -> None:
        forget_connections()
        self.patch.undo()
        shutil.rmtree(self.folder)


@dataclass(frozen=True)
class TenantIds:
    """A tenant and its two clinics."""

    name: str
    id: UUID
    north: UUID
    south: UUID


@pytest.fixture(scope="module")
def two_tenants(store: None) -> tuple[TenantIds, TenantIds]:
    """Two tenants that look alike, each with the clinics North and South, so that a leak would be seen."""
    return _tenant("Alpha Orthopedics"), _tenant("Beta Physio")


def _tenant(name: str) -> TenantIds:
    return TenantIds(name, add_tenant(name), add_clinic(name, "N", "North"), add_clinic(name, "S", "South"))
