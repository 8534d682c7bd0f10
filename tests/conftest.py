"""Fixtures every test may use."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import settings
from care import embedded


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
def shared_folder() -> Path:
    """The folder of published data and scoring vectors beside the project; tests that need it skip without it."""
    folder = settings.ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent: published registries and scoring vectors cannot be checked here")
    return folder
