"""A lake is brought to the program's version by its writer; a reader that meets another one says so."""

from datetime import UTC, datetime, timedelta

import pytest

import warehouse.migrate
from care.lakes import lake_address
from care.registry import load_library
from etl.lakes import close_writer, compact_tenant, open_writer, tenant_lock
from etl.run import run
from lake_rows import forget_readers, lake_rows
from warehouse.connection import Lake, reader, snapshot_id
from warehouse.errors import LakeBeingUpdated, WarehouseError
from warehouse.maintenance import compact, is_crowded

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def filled(two_tenants):
    """Alpha's lake with a run in it; Beta's was never filled."""
    load_library()
    alpha, beta = two_tenants
    run(alpha.id, NOW)
    yield alpha, beta
    close_writer(alpha.id)


def lake(tenant) -> Lake:
    return Lake(**lake_address(tenant.id))


def test_a_reader_of_a_lake_that_is_not_there_yet_says_it_is_being_updated(filled):
    with pytest.raises(LakeBeingUpdated, match="are being updated"):
        reader(lake(filled[1]))


def test_the_next_run_applies_a_new_migration_and_readers_wait_for_it(filled, monkeypatch, tmp_path):
    alpha, _ = filled
    newer, ours = tmp_path / "999.sql", warehouse.migrate.migrations()
    newer.write_text("ALTER TABLE lake.clinic ADD COLUMN region VARCHAR; ALTER TABLE lake.clinic DROP COLUMN region;")
    with monkeypatch.context() as patch:
        patch.setattr(warehouse.migrate, "migrations", lambda: (*ours, newer))
        with pytest.raises(LakeBeingUpdated):
            reader(lake(alpha))
        with tenant_lock(alpha.id):
            connection = open_writer(alpha.id)
            connection.begin()
            warehouse.migrate.migrate(connection)
            connection.commit()
        with reader(lake(alpha)) as connection:
            assert warehouse.migrate.lake_version(connection) == len(ours) + 1
    with pytest.raises(LakeBeingUpdated):
        reader(lake(alpha))
    connection.close()
    with tenant_lock(alpha.id):
        with pytest.raises(WarehouseError, match="Start the newer program"):
            warehouse.migrate.migrate(open_writer(alpha.id))
        open_writer(alpha.id).execute("DELETE FROM lake.lake_version WHERE version = ?", [len(ours) + 1])


def test_a_lake_of_the_first_version_keeps_its_answers_and_takes_decimals(filled, monkeypatch):
    _, beta = filled
    known = warehouse.migrate.migrations()
    rows = "SELECT item, value FROM lake.answer ORDER BY response_id, position"
    with tenant_lock(beta.id):
        connection = open_writer(beta.id)
        with monkeypatch.context() as patch:
            patch.setattr(warehouse.migrate, "migrations", lambda: known[:1])
            warehouse.migrate.migrate(connection)
        connection.execute("INSERT INTO lake.item VALUES ('two@1', 1, 'first'), ('two@1', 2, 'second')")
        connection.execute(ONE_RESPONSE, [[3, -2]])
        assert connection.execute(rows).fetchall() == [("first", 3), ("second", -2)]
        connection.begin()
        warehouse.migrate.migrate(connection)
        connection.commit()
        assert connection.execute(rows).fetchall() == [("first", 3), ("second", -2)]
        connection.execute(ONE_RESPONSE, [[47.5, -1]])
        assert (47.5,) in connection.execute("SELECT value FROM lake.answer").fetchall()
    close_writer(beta.id)


ONE_RESPONSE = """
    INSERT INTO lake.response BY NAME SELECT
        uuid() AS response_id, uuid() AS episode_id, 'two@1' AS instrument, DATE '2026-01-01' AS local_date, 0 AS day,
        now() AS completed_at, now() AS received_at, 'web' AS entry_mode, false AS is_proxy, 'demo' AS wording,
        'en' AS "language", 'complete' AS completeness, ? AS answers, true AS counts, false AS is_baseline
"""


def test_compaction_leaves_every_row_and_one_file_a_table(filled):
    alpha, _ = filled
    forget_readers()
    with tenant_lock(alpha.id):
        connection = open_writer(alpha.id)
        for position in range(12):
            # more than the catalog takes in itself, so that every turn leaves a file
            connection.execute(
                "INSERT INTO lake.item SELECT 'many@1', ? * 100 + i, 'x' FROM range(50) AS r(i)", [position]
            )
        assert not is_crowded(connection)
    items = "SELECT count(*), sum(position) FROM lake.item"
    before = lake_rows(alpha.id, items)
    compact_tenant(alpha.id)
    assert lake_rows(alpha.id, items) == before
    files = "SELECT file_count FROM ducklake_table_info('lake') WHERE table_name = 'item'"
    assert open_writer(alpha.id).execute(files).fetchone() == (1,)


def test_old_snapshots_are_forgotten_and_the_newest_stays(filled):
    alpha, _ = filled
    with tenant_lock(alpha.id):
        connection = open_writer(alpha.id)
        newest = snapshot_id(connection)
        compact(connection, snapshots_kept=timedelta(0))
        kept = connection.execute("SELECT min(snapshot_id) FROM ducklake_snapshots('lake')").fetchone()[0]
    assert kept >= newest
    assert lake_rows(alpha.id, "SELECT count(*) FROM lake.etl_run") == [(1,)]
