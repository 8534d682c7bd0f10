"""Who may write a tenant's lake now, and keeping its writer open."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from duckdb import DuckDBPyConnection

import settings
from care.database import app_conninfo
from care.lakes import lake_address
from etl.errors import EtlError
from warehouse.connection import Lake, writer
from warehouse.maintenance import compact, is_crowded

PATIENCE = 120  # seconds to wait for another writer of the same tenant; a first run of 80,000 responses takes 30
_open_writers: OrderedDict[UUID, DuckDBPyConnection] = OrderedDict()


def open_writer(tenant_id: UUID) -> DuckDBPyConnection:
    """The tenant's writer, kept open: a cold one costs a second. Only under ``tenant_lock``."""
    if tenant_id not in _open_writers:
        while len(_open_writers) >= settings.OPEN_LAKES:
            _open_writers.popitem(last=False)[1].close()
        _open_writers[tenant_id] = writer(Lake(**lake_address(tenant_id)), app_conninfo(tenant_id))
        use_threads(_open_writers[tenant_id], 1)  # until a run has much to do
    _open_writers.move_to_end(tenant_id)
    return _open_writers[tenant_id]


def use_threads(connection: DuckDBPyConnection, number: int) -> None:
    """From the next statement on, for the whole instance."""
    connection.execute(f"SET GLOBAL threads = {number}")


def close_writer(tenant_id: UUID) -> None:
    """Forget a writer: after an error nobody knows what state it is in."""
    if tenant_id in _open_writers:
        _open_writers.pop(tenant_id).close()


@contextmanager
def tenant_lock(tenant_id: UUID) -> Iterator[psycopg.Connection]:
    """
    The right to write a tenant's lake, as a connection to the operational store inside that tenant.

    The database takes the lock back from a process that dies.

    Raises EtlError when another writer keeps it for longer than two minutes.
    """
    with psycopg.connect(app_conninfo(tenant_id), autocommit=True) as connection:
        key = int.from_bytes(hashlib.sha256(tenant_id.bytes).digest()[:8], "big", signed=True)
        until = time.monotonic() + PATIENCE
        while not connection.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()[0]:
            if time.monotonic() > until:
                raise EtlError("Another run of this tenant is still at work. Wait for it to end, then try again.")
            time.sleep(0.1)
        yield connection


def compact_tenant(tenant_id: UUID, only_if_crowded: bool = False) -> None:
    """Compact a tenant's lake, as its one writer; ``only_if_crowded``: when it should not wait for the night."""
    with tenant_lock(tenant_id):
        connection = open_writer(tenant_id)
        if not only_if_crowded or is_crowded(connection):
            compact(connection)
