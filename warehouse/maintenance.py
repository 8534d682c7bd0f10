"""Keeping a lake small: every run leaves small files, and snapshots keep files that nothing newer needs."""

from datetime import timedelta

from duckdb import DuckDBPyConnection

from warehouse.one_row import one_row

# "What did we know then" reaches this far back.
SNAPSHOTS_KEPT = timedelta(days=35)
# Unneeded files stay this long, for readers that began before.
FILES_KEPT = timedelta(days=1)
# A few hundred runs left 455 files for 11,000 rows, and a panel query went from 22 to 30 ms.
CROWDED = 100


def is_crowded(cursor: DuckDBPyConnection) -> bool:
    """Whether a table has so many files that compaction should not wait for the night."""
    question = "SELECT max(file_count + delete_file_count) > ? FROM ducklake_table_info('lake')"
    return bool(one_row(cursor, question, [CROWDED])[0])


def compact(connection: DuckDBPyConnection, snapshots_kept: timedelta = SNAPSHOTS_KEPT) -> None:
    """
    Merge small files, rewrite files with deleted rows, forget old snapshots. Readers may stay open.

    In this order: rows inlined in the catalog become files before files are merged. Only under the tenant's lock.
    """
    connection.execute("CALL ducklake_flush_inlined_data('lake')")
    connection.execute("CALL ducklake_merge_adjacent_files('lake')")
    connection.execute("CALL ducklake_rewrite_data_files('lake')")
    connection.execute("CALL ducklake_expire_snapshots('lake', older_than => now() - ?::INTERVAL)", [snapshots_kept])
    connection.execute("CALL ducklake_cleanup_old_files('lake', older_than => now() - ?::INTERVAL)", [FILES_KEPT])
