"""Bring one lake to this program's version: ``migrations/NNN.sql``, in order, in the caller's transaction."""

from functools import cache
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import LakeBeingUpdated, WarehouseError
from warehouse.one_row import one_row

FOLDER = Path(__file__).parent / "migrations"


@cache
def migrations() -> tuple[Path, ...]:
    """The migration files by version; version n is the n-th file."""
    return tuple(sorted(FOLDER.glob("*.sql")))


def migrate(connection: DuckDBPyConnection) -> bool:
    """
    Apply what the lake lacks, and say whether that was anything.

    Its one writer calls this at the head of a run, inside the run's transaction.
    """
    at = lake_version(connection)
    if at > len(migrations()):
        raise WarehouseError(
            f"The lake is at version {at}, this program knows {len(migrations())}. Start the newer program."
        )
    for version, path in enumerate(migrations()[at:], start=at + 1):
        for statement in connection.extract_statements(path.read_text()):
            connection.execute(statement)
        connection.execute("INSERT INTO lake.lake_version VALUES (?, now())", [version])
    return at < len(migrations())


def lake_version(cursor: DuckDBPyConnection) -> int:
    """The newest migration the lake has had; 0 for a lake without tables."""
    try:
        return one_row(cursor, "SELECT coalesce(max(version), 0) FROM lake.lake_version")[0]
    except duckdb.CatalogException:
        return 0


def check_version(cursor: DuckDBPyConnection) -> None:
    """Refuse, for a reader, a lake at another version than this program."""
    if lake_version(cursor) != len(migrations()):
        raise LakeBeingUpdated()
