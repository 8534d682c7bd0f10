"""
Delivering: the lake's tracks and flags into the operational store, in one transaction.

It reads the lake's state since the last delivery and never the run's memory, so that a delivery that was killed, or
never began, is made up for by the next one.
"""

import io
import json
from dataclasses import dataclass
from datetime import datetime

import psycopg
import pyarrow.csv
from duckdb import DuckDBPyConnection

from care.deadlines import hours_to_act
from etl.carry import sql
from warehouse.one_row import one_row


@dataclass(frozen=True)
class LastRun:
    """The newest run in the lake."""

    snapshot: int
    watermark: str
    cluster: str
    as_of: datetime


def mark_dirty(store: psycopg.Connection) -> None:
    """Say that a run is about to commit: until it is delivered, the tenant stays due."""
    store.execute("UPDATE tenant_lake SET dirty = true")


def deliver_what_waits(connection: DuckDBPyConnection, store: psycopg.Connection) -> None:
    """Deliver a run that was committed and never delivered; nothing when there is none."""
    dirty, delivered = store.execute("SELECT dirty, delivered_snapshot FROM tenant_lake").fetchone()
    last = last_run(connection)
    if last and (dirty or delivered != last.snapshot):
        deliver(connection, store, last.as_of)


def deliver(connection: DuckDBPyConnection, store: psycopg.Connection, as_of: datetime) -> int:
    """Bring ``track`` and ``alert`` to what the lake says in this transaction; returns the number of alerts raised."""
    last = last_run(connection)
    with store.transaction():
        (delivered,) = store.execute("SELECT delivered_snapshot FROM tenant_lake FOR UPDATE").fetchone()
        store.execute(sql("deliver/tables"))
        for table in ("track", "flag") if _is_empty(connection, "network_cell") else ("track", "flag", "network"):
            _copy(connection, store, table, -1 if delivered is None else delivered)
        store.execute(sql("deliver/plans"))
        store.execute(sql("deliver/track"))
        store.execute(sql("deliver/network"))
        raised = store.execute(sql("deliver/alert"), {"hours": json.dumps(hours_to_act())}).rowcount
        store.execute(sql("deliver/wake"), {"as_of": as_of})
        store.execute(
            sql("deliver/lake"),
            {"snapshot": last.snapshot, "watermark": last.watermark, "cluster": last.cluster, "as_of": as_of},
        )
    return raised


def last_run(connection: DuckDBPyConnection) -> LastRun | None:
    row = one_row(
        connection, "SELECT snapshot, watermark, cluster, as_of FROM lake.etl_run ORDER BY snapshot DESC LIMIT 1"
    )
    return LastRun(*row) if row else None


def _is_empty(connection: DuckDBPyConnection, table: str) -> bool:
    """
    Whether a lake table has never had a row, as its catalog says.

    DuckLake keeps no statistics of such a table and asks for them twice per column of every question about it: the
    network's, empty in most tenants, cost 30 ms of each run.
    """
    return one_row(connection, f"SELECT count(*) FROM lake.{table}")[0] == 0


def _copy(connection: DuckDBPyConnection, store: psycopg.Connection, table: str, delivered: int) -> None:
    """Fill the temporary table; COPY straight into a table is refused under row-level security."""
    rows = connection.execute(sql(f"deliver/lake_{table}"), {"delivered": delivered}).to_arrow_table()
    if not rows.num_rows:
        return
    text = io.BytesIO()
    pyarrow.csv.write_csv(rows, text, pyarrow.csv.WriteOptions(include_header=False))
    with (
        store.cursor() as cursor,
        cursor.copy(f"COPY new_{table} ({', '.join(rows.column_names)}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(text.getbuffer())
    store.execute(f"ANALYZE new_{table}")
