"""Looking into a tenant's lake, as a page would: through its locked reader."""

from functools import lru_cache
from uuid import UUID

from duckdb import DuckDBPyConnection

from care.lakes import lake_address
from warehouse.connection import Lake, reader


def forget_readers() -> None:
    """After a lake was made anew, or its server was exchanged."""
    _reader.cache_clear()


def lake_rows(tenant_id: UUID, query: str, *parameters: object) -> list[tuple]:
    """The rows of a query."""
    return _reader(tenant_id).execute(query, parameters).fetchall()


@lru_cache(maxsize=4)
def _reader(tenant_id: UUID) -> DuckDBPyConnection:
    return reader(Lake(**lake_address(tenant_id)))
