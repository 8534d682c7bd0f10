"""Fixtures every test may use."""

from pathlib import Path

import pytest

import settings


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder of published data and scoring vectors beside the project; tests that need it skip without it."""
    folder = settings.ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent: published registries and scoring vectors cannot be checked here")
    return folder
