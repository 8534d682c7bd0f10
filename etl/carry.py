"""Carrying rows of the operational store into the lake: read what is new, shape it, merge it by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from duckdb import DuckDBPyConnection

from etl.watermark import Watermark, care_query

FOLDER = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Carried:
    """
    One table of the lake that care fills.

    Parameters
    ----------
    table : in the lake
    key : columns that identify a row
    reads : {query of sql/care: tables of care whose news it depends on}; each becomes a table ``news_<query>``
    group : column; the rows of a group that comes again replace the group's old ones
    shape : whether sql/lake has a query of its own that shapes the rows; else they are carried as read
    rejects : whether sql/lake has a query for the rows that are quarantined
    """

    table: str
    key: tuple[str, ...]
    reads: dict[str, tuple[str, ...]]
    group: str | None = None
    shape: bool = False
    rejects: bool = False


# In this order: what is shaped with the help of an episode comes after it. Responses: etl/responses.py.
CARRIED = (
    Carried("clinic", ("clinic_id",), {"clinic": ("clinic",)}),
    Carried("patient", ("patient_key",), {"patient": ("patient",)}),
    Carried("episode", ("episode_id",), {"episode": ("episode", "patient")}),
    Carried(
        "covariate", ("episode_id", "name"), {"covariate": ("episode",)}, group="episode_id", shape=True, rejects=True
    ),
    Carried("enrollment_event", ("event_id",), {"enrollment_event": ("enrollment_event",)}),
    Carried("assignment", ("assignment_id",), {"assignment": ("survey_assignment",)}, shape=True),
    Carried("message_event", ("message_id",), {"message_event": ("message",)}, shape=True),
    Carried(
        "exercise_day",
        ("episode_id", "exercise", "local_date"),
        {
            "exercise_prescription": ("exercise_prescription", "exercise_session"),
            "exercise_session": ("exercise_prescription", "exercise_session"),
        },
        group="episode_id",
        shape=True,
        rejects=True,
    ),
    Carried("alert_event", ("event_id",), {"alert_event": ("alert_event",)}),
)


@cache
def sql(name: str) -> str:
    """The text of a file of etl/sql, without its ending."""
    return (FOLDER / f"{name}.sql").read_text()


def read_news(connection: DuckDBPyConnection, watermark: Watermark, query: str, waited: Sequence[str] = ()) -> int:
    """
    Make the table ``news_<query>`` of what is new in care, and return how many rows it has.

    ``waited``: references of instruments published since the last run, whose responses are news, too.
    """
    text = sql(f"care/{query}")
    if waited:
        text = text.replace("changed(r)", f"(changed(r) OR r.instrument IN ({', '.join(map(_quoted, waited))}))")
    text = watermark.only_news(text)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE news_{query} AS FROM {care_query(text)}")
    return connection.execute(f"SELECT count(*) FROM news_{query}").fetchone()[0]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def carry(connection: DuckDBPyConnection, carried: Carried) -> None:
    """Merge the ``news_…`` tables of one lake table into it."""
    shape = sql(f"lake/{carried.table}") if carried.shape else f"SELECT * FROM news_{carried.table}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE new_{carried.table} AS {shape}")
    if carried.group:
        _remove_from_groups(connection, carried)
    merge(connection, carried.table, carried.key)


def merge(connection: DuckDBPyConnection, table: str, key: tuple[str, ...]) -> None:
    """
    Make the lake's rows equal to those of ``new_<table>``, by key; the others stay.

    A row that is the same is not written again: a killed run that is run again, or a full reading of an old lake,
    costs no files. Rows that are only new are inserted, since a few of them then cost no file either; MERGE would
    write two for one row.
    """
    columns = columns_of(connection, table)
    differs = " OR ".join(f"t.{c} IS DISTINCT FROM s.{c}" for c in columns if c not in key)
    changed = f"SELECT count(*) FROM lake.{table} AS t JOIN new_{table} AS s ON {same_key(key)} WHERE {differs}"
    if connection.execute(changed).fetchone()[0]:
        connection.execute(
            f"""
            MERGE INTO lake.{table} AS t USING new_{table} AS s ON {same_key(key)}
            WHEN MATCHED AND ({differs}) THEN UPDATE SET {", ".join(f"{c} = s.{c}" for c in columns)}
            WHEN NOT MATCHED THEN INSERT ({", ".join(columns)}) VALUES ({", ".join(f"s.{c}" for c in columns)})
            """
        )
    else:
        connection.execute(
            f"INSERT INTO lake.{table} BY NAME FROM new_{table} AS s "
            f"WHERE NOT EXISTS (FROM lake.{table} AS t WHERE {same_key(key)})"
        )


def remove_vanished(connection: DuckDBPyConnection, table: str, key: tuple[str, ...]) -> None:
    """Remove the lake's rows that a full reading did not find: the store was restored from an older dump."""
    connection.execute(f"DELETE FROM lake.{table} AS t WHERE NOT EXISTS (FROM new_{table} AS s WHERE {same_key(key)})")


def _remove_from_groups(connection: DuckDBPyConnection, carried: Carried) -> None:
    groups = " UNION ".join(f"SELECT {carried.group} FROM news_{query}" for query in carried.reads)
    connection.execute(
        f"""
        DELETE FROM lake.{carried.table} AS t
        WHERE {carried.group} IN ({groups})
        AND NOT EXISTS (FROM new_{carried.table} AS s WHERE {same_key(carried.key)})
        """
    )


def same_key(key: tuple[str, ...]) -> str:
    return " AND ".join(f"t.{column} = s.{column}" for column in key)


def columns_of(connection: DuckDBPyConnection, table: str) -> list[str]:
    """The columns of a lake table, in its order."""
    return [row[0] for row in connection.execute(f"DESCRIBE lake.{table}").fetchall()]
