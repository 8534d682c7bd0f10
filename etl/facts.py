"""The facts of one run: everything new in care, into the lake, with scores."""

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from etl.carry import CARRIED, Carried, carry, merge, read_news, remove_vanished, sql
from etl.definitions import Definitions
from etl.rescoring import rescore_stale
from etl.responses import stage_answers
from etl.scores import score_answers
from etl.watermark import Watermark

# Whose news makes an episode be judged anew …
JUDGED_BY = ("episode", "enrollment_event", "assignment", "exercise_prescription", "exercise_session", "response")
# … and which of them can move days, baselines or what counts.
MOVES_RESPONSES = frozenset({"episode", "patient", "enrollment_event", "survey_response", "rescoring", "definition"})


def carry_facts(
    connection: DuckDBPyConnection, definitions: Definitions, watermark: Watermark, news: frozenset[str]
) -> int:
    """
    Carry what is new; returns the number of rows read.

    Leaves ``touched_episode`` (episodes to judge anew) and ``new_rejected`` (rows to quarantine) for the steps after.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE touched_episode (episode_id UUID)")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE new_rejected "
        "(source VARCHAR, source_key VARCHAR, rule VARCHAR, field VARCHAR, value VARCHAR)"
    )
    due = [each for each in CARRIED if news.intersection(*[set().union(*each.reads.values())])]
    read = sum(_carry_one(connection, each, watermark) for each in due)
    if "import_rejection" in news:
        read += read_news(connection, watermark, "import_rejection")
        connection.execute("INSERT INTO new_rejected BY NAME FROM news_import_rejection")
    if "rescoring" in news and watermark.since is not None:
        rescore_stale(connection, definitions)
    if news & MOVES_RESPONSES:
        read += _carry_responses(connection, definitions, watermark)
    if watermark.since is None:
        _run_each(connection, sql("lake/reconcile"))
    return read


def _carry_one(connection: DuckDBPyConnection, carried: Carried, watermark: Watermark) -> int:
    rows = sum(_read(connection, query, watermark) for query in carried.reads)
    if rows or watermark.since is None:
        carry(connection, carried)
        if carried.rejects:
            connection.execute(f"INSERT INTO new_rejected {sql(f'lake/{carried.table}_rejected')}")
        if watermark.since is None:
            remove_vanished(connection, carried.table, carried.key)
        elif carried.table == "episode":
            _run_each(connection, sql("lake/moved_days"))
    return rows


def _carry_responses(connection: DuckDBPyConnection, definitions: Definitions, watermark: Watermark) -> int:
    published = _published_since(connection)
    rows = _read(connection, "response", watermark, published)
    if published:
        merge(connection, "item", ("instrument", "position"))
    stage_answers(connection, definitions)
    score_answers(connection, definitions)
    full = {"full_reading": watermark.since is None}
    for table, parameters in (("staged_response", full | {"is_demo": definitions.is_demo}), ("staged_score", full)):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql(f'lake/{table}')}", parameters)
    for table, key in (("response", ("response_id",)), ("score", ("response_id", "scale"))):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE new_{table} AS {sql(f'lake/{table}')}")
        merge(connection, table, key)
        if watermark.since is None:
            remove_vanished(connection, table, key)
    _carry_kept_scores(connection, watermark)
    return rows


def _carry_kept_scores(connection: DuckDBPyConnection, watermark: Watermark) -> None:
    """What the responses just read would have scored by the definitions that counted before."""
    if connection.execute("SELECT count(*) FROM kept_scored").fetchone()[0]:
        shape = sql("lake/score").replace("staged_score", "kept_scored")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE new_kept_score AS {shape}")
        key = ("response_id", "scale", "definition")
        merge(connection, "kept_score", key)
        if watermark.since is None:
            remove_vanished(connection, "kept_score", key)


def _published_since(connection: DuckDBPyConnection) -> list[str]:
    """
    Instruments that the lake does not know yet: a response to one of them was put aside until it is published.

    What a definition says never changes, so an instrument that has its items is not looked at again.
    """
    unknown = "SELECT DISTINCT instrument FROM new_item WHERE instrument NOT IN (SELECT instrument FROM lake.item)"
    return sorted(reference for (reference,) in connection.execute(unknown).fetchall())


def _read(connection: DuckDBPyConnection, query: str, watermark: Watermark, waited: Sequence[str] = ()) -> int:
    rows = read_news(connection, watermark, query, waited)
    if rows and query in JUDGED_BY:
        connection.execute(f"INSERT INTO touched_episode SELECT DISTINCT episode_id FROM news_{query}")
    return rows


def _run_each(connection: DuckDBPyConnection, script: str) -> None:
    for statement in connection.extract_statements(script):
        connection.execute(statement)
