"""How far a lake has read: which rows of the operational store are news."""

import re
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

SNAPSHOT = re.compile(r"\d+:\d+:(\d+(,\d+)*)?")
CHANGED = re.compile(r"\bchanged\((\w+)\)")

# What a run reads forward from; the same list as has_news() in care. A definition: a response may have waited for it.
SOURCES = (
    "clinic", "patient", "episode", "enrollment_event", "survey_assignment", "survey_response", "message",
    "exercise_prescription", "exercise_session", "alert", "alert_event", "import_rejection",
    "rescoring", "definition", "tenant_setting",
)  # fmt: skip

ENOUGH = 10_000  # rows of news in one table, after which nobody needs to count on


@dataclass(frozen=True)
class Watermark:
    """
    From where to where one run reads.

    Parameters
    ----------
    since : the PostgreSQL snapshot the last run read under; None = read everything
    now : the snapshot this run reads under
    cluster : system identifier of the server both belong to
    """

    since: str | None
    now: str
    cluster: str

    def only_news(self, query: str) -> str:
        """
        A query of etl/sql/care with its ``changed(alias)`` spelled out.

        Everything that has become visible since the last snapshot, and nothing twice: "greater than the highest
        seen" would lose rows of transactions that committed late.
        """
        if self.since is None:
            return CHANGED.sub("TRUE", query)
        since = f"'{self.since}'::pg_snapshot"
        return CHANGED.sub(
            rf"(\1.changed_xact >= pg_snapshot_xmin({since}) AND NOT pg_visible_in_snapshot(\1.changed_xact, {since}))",
            query,
        )


def read_watermark(connection: DuckDBPyConnection) -> Watermark:
    """
    The watermark of the run that is beginning, inside its DuckDB transaction.

    A watermark belongs to one server: transaction ids start anew in a restored one, and rows would be skipped in
    silence. Another system identifier, or a watermark ahead of the server, means reading everything again.
    """
    last = connection.execute(
        "SELECT watermark, cluster FROM lake.etl_run ORDER BY snapshot DESC LIMIT 1"
    ).fetchone() or (None, None)
    since = last[0] if last[0] and SNAPSHOT.fullmatch(last[0]) else "1:1:"
    now, cluster, ahead = connection.execute(
        f"""
        FROM postgres_query('care', '
            SELECT
                pg_current_snapshot()::text,
                system_identifier::text,
                pg_snapshot_xmax(''{since}''::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot())
            FROM pg_control_system()
        ')
        """
    ).fetchone()
    return Watermark(since if last[1] == cluster and not ahead else None, now, cluster)


def count_news(connection: DuckDBPyConnection, watermark: Watermark) -> dict[str, int]:
    """
    The tables of care that have something new, and how many rows, counted up to ``ENOUGH``; one query for all of them.

    All tables, and no count, when everything is read.
    """
    if watermark.since is None:
        return dict.fromkeys(SOURCES, ENOUGH)
    counted = "(SELECT count(*) FROM (SELECT FROM {0} AS x WHERE changed(x) LIMIT {1}) AS few) AS {0}"
    questions = ", ".join(counted.format(table, ENOUGH) for table in SOURCES)
    found = read_care(connection, watermark.only_news(f"SELECT {questions}")).fetchone()
    return {table: rows for table, rows in zip(SOURCES, found, strict=True) if rows}


def read_care(connection: DuckDBPyConnection, query: str) -> DuckDBPyConnection:
    """Run a query in the operational store, under the snapshot of the surrounding DuckDB transaction."""
    return connection.execute(f"FROM {care_query(query)}")


def care_query(query: str) -> str:
    """The query as a table of DuckDB's."""
    escaped = query.replace("'", "''")
    return f"postgres_query('care', '{escaped}')"
