"""
Opening a tenant's lake: one DuckDB instance per tenant and process, since DuckDB's locks are instance-wide.

In every instance the lake is attached as ``lake`` and, for a writer, the operational store as ``care``.
"""

import re
from dataclasses import dataclass, field

import duckdb
from duckdb import DuckDBPyConnection

import settings
from warehouse.errors import LakeBeingUpdated, WarehouseError
from warehouse.extensions import check_signatures, load_extensions
from warehouse.migrate import check_version
from warehouse.one_row import one_row


@dataclass(frozen=True)
class Lake:
    """
    Where one tenant's warehouse is.

    Parameters
    ----------
    catalog : libpq connection string of the tenant's own catalog role
    schema : catalog schema; exists before the first attach
    data_path : folder (or object-store prefix) of the Parquet files, ending in '/'
    """

    catalog: str = field(repr=False)
    schema: str
    data_path: str


def writer(lake: Lake, care: str) -> DuckDBPyConnection:
    """
    An instance that writes the lake and reads the operational store.

    ``care`` is a libpq string that names the tenant in its options. Only the holder of the tenant's lock may write.
    """
    connection = _instance(spill=True)
    _attach(connection, lake, "ENCRYPTED")
    _execute(connection, f"ATTACH {_literal(care)} AS care (TYPE postgres, READ_ONLY)")
    return connection


def reader(lake: Lake) -> DuckDBPyConnection:
    """
    An instance that can read this lake and nothing else; take a ``.cursor()`` of it per question.

    Raises
    ------
    LakeBeingUpdated
        If the lake stands at another version than this program; open again after its next run.
    """
    connection = _instance(spill=False)
    _attach(connection, lake, "READ_ONLY")
    # Without allowed_directories every Parquet read fails, while count(*) still answers from metadata.
    connection.execute(f"SET GLOBAL allowed_directories = [{_literal(lake.data_path)}]")
    connection.execute("SET GLOBAL enable_external_access = false")
    connection.execute("SET GLOBAL lock_configuration = true")
    check_version(connection)
    return connection


def snapshot_id(cursor: DuckDBPyConnection) -> int:
    """The lake's newest snapshot: the part of a cache key that says which data it was. 5–13 ms."""
    return one_row(cursor, "SELECT id FROM lake.current_snapshot()")[0]


def _instance(spill: bool) -> DuckDBPyConnection:
    check_signatures()
    folder = settings.VAR / "spill"
    connection = duckdb.connect(
        config={
            "threads": settings.DUCKDB_THREADS,
            "memory_limit": settings.DUCKDB_MEMORY,
            "temp_directory": str(folder) if spill else "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_unsigned_extensions": True,  # checked above, once for all lakes of this process
            # a name in SQL is a table, never a variable of the calling Python
            "python_enable_replacements": False,
        }
    )
    load_extensions(connection)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    # By default every attached lake keeps connections of its own; about 190 lakes exhausted the server.
    connection.execute("SET GLOBAL pg_pool_max_connections = 0")
    return connection


def _attach(connection: DuckDBPyConnection, lake: Lake, mode: str) -> None:
    options = [f"META_SCHEMA {_literal(lake.schema)}", mode]
    if mode != "READ_ONLY":
        options.append(f"DATA_PATH {_literal(lake.data_path)}")
    _execute(connection, f"ATTACH {_literal('ducklake:postgres:' + lake.catalog)} AS lake ({', '.join(options)})")


def _execute(connection: DuckDBPyConnection, statement: str) -> None:
    """Run an ATTACH; its error would carry the connection string, and that a password."""
    try:
        connection.execute(statement)
    except duckdb.Error as error:
        connection.close()
        if "creating a new DuckLake is explicitly disabled" in str(error):
            raise LakeBeingUpdated() from None
        reason = re.sub(r"password='?[^' ]*'?", "password=…", str(error)).strip().splitlines()[-1]
        raise WarehouseError(f"The lake does not open: {reason} Check the database server, then try again.") from None


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
