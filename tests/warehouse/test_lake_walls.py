"""A reader reads one tenant's lake and nothing else; a tenant's catalog role reaches no other's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pytest

import settings
from care.lakes import lake_address
from care.registry import load_library
from etl.lakes import close_writer
from etl.run import run
from warehouse import extensions
from warehouse.connection import Lake, reader, writer
from warehouse.errors import WarehouseError

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def lakes(two_tenants) -> Iterator[tuple[Lake, Lake]]:
    """Two filled lakes."""
    load_library()
    for tenant in two_tenants:
        run(tenant.id, NOW)
    yield tuple(Lake(**lake_address(tenant.id)) for tenant in two_tenants)
    for tenant in two_tenants:
        close_writer(tenant.id)


@pytest.fixture(scope="module")
def cursor(lakes) -> Iterator[duckdb.DuckDBPyConnection]:
    """What a page asks through."""
    with reader(lakes[0]) as connection:
        yield connection.cursor()


def test_a_reader_reads_its_lake(cursor):
    assert cursor.execute("SELECT count(*) FROM lake.etl_run").fetchone() == (1,)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO lake.item VALUES ('x@1', 1, 'x')",
        "DROP TABLE lake.response",
        "COPY (SELECT 1) TO '/tmp/po-leak.csv'",
        "FROM read_csv('/etc/passwd')",
        "FROM read_text('/etc/passwd')",
        "FROM glob('/etc/*')",
        "ATTACH '/tmp/po-other.db'",
        "SET threads = 64",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "INSTALL httpfs",
    ],
)
def test_a_reader_does_nothing_else(cursor, statement):
    with pytest.raises(duckdb.Error):
        cursor.execute(statement).fetchall()


def test_a_readers_sql_sees_no_variable_of_python(cursor):
    secret = [("not", "for", "sql")]
    with pytest.raises(duckdb.CatalogException):
        cursor.execute("FROM secret")
    assert secret


def test_a_reader_loads_no_program_from_a_file(cursor):
    with pytest.raises(duckdb.Error, match="Loading external extensions is disabled"):
        cursor.execute("LOAD '/etc/passwd'")


def test_a_changed_extension_is_not_loaded(tmp_path, monkeypatch):
    program = bytearray(extensions.extension_file("ducklake").read_bytes())
    program[len(program) // 2] ^= 1
    changed = tmp_path / "ducklake.duckdb_extension"
    changed.write_bytes(program)
    monkeypatch.setattr(extensions, "extension_file", lambda name: changed)
    with pytest.raises(duckdb.Error, match="signature is either missing or invalid"):
        extensions.check_signatures.__wrapped__()


def test_the_role_of_one_lake_opens_no_other(lakes):
    alpha, beta = lakes
    for crossed in (replace(alpha, catalog=beta.catalog), replace(beta, catalog=alpha.catalog)):
        with pytest.raises(WarehouseError, match="does not open"):
            reader(crossed)


def test_a_reader_cannot_scan_another_lakes_catalog(lakes, cursor):
    """``enable_external_access = false`` does not stop ``postgres_scan``: the role does."""
    alpha, beta = lakes
    with pytest.raises(duckdb.Error, match="permission denied"):
        cursor.execute(f"FROM postgres_scan({literal(alpha.catalog)}, '{beta.schema}', 'ducklake_snapshot')").fetchall()
    with pytest.raises(duckdb.Error, match="permission denied"):
        cursor.execute(f"FROM postgres_scan({literal(alpha.catalog)}, 'public', 'patient')").fetchall()


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def test_no_message_tells_the_password(lakes):
    lost = replace(lakes[0], catalog=lakes[0].catalog.replace("dbname='", "dbname='no_such_"))
    with pytest.raises(WarehouseError) as refusal:
        reader(lost)
    password = lost.catalog.split("password='")[1].split("'")[0]
    assert password not in str(refusal.value) and password not in repr(lost)


def test_files_of_a_lake_are_encrypted(lakes, two_tenants):
    with writer(lakes[0], lakes[0].catalog) as connection:
        connection.execute("CALL ducklake_flush_inlined_data('lake')")
    files = list((settings.VAR / "lake" / two_tenants[0].id.hex).rglob("*.parquet"))
    assert files
    with duckdb.connect() as plain, pytest.raises(duckdb.Error, match="encrypt"):
        plain.execute(f"FROM read_parquet('{files[0]}')")
