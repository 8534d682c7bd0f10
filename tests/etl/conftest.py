"""Two tenants with published definitions, and their lakes closed at the end."""

from collections.abc import Iterator

import pytest

from care.registry import load_library
from etl.lakes import close_writer


@pytest.fixture(scope="module")
def tenants(two_tenants) -> Iterator[tuple]:
    """Alpha and Beta, with the library of instruments and pathways published."""
    load_library()
    yield two_tenants
    for tenant in two_tenants:
        close_writer(tenant.id)
