"""Scores: a pure function of an immutable response and an immutable definition, on whole columns."""

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from etl.definitions import Definitions
from scoring.bulk import ScaleScores, score_columns
from scoring.difference import reordered
from scoring.instrument import Instrument
from scoring.score import METHODS

COLUMNS = (
    "response_id UUID, instrument VARCHAR, scale VARCHAR, definition VARCHAR, value DOUBLE, answered SMALLINT, "
    "items SMALLINT, method VARCHAR, se DOUBLE, skipped SMALLINT, not_asked SMALLINT, not_applicable SMALLINT, "
    "unreadable SMALLINT"
)


def score_answers(connection: DuckDBPyConnection, definitions: Definitions) -> None:
    """
    Score ``valid_answers`` (response_id, instrument, answers).

    Makes ``scored``, one row per response and scale, by the definition that counts, and ``kept_scored``, the same by
    those that counted before it.
    """
    for table in ("scored", "kept_scored"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({COLUMNS})")
    asked = connection.execute("SELECT DISTINCT instrument FROM valid_answers ORDER BY instrument").fetchall()
    for (reference,) in asked:
        responses = "SELECT response_id, answers FROM valid_answers"
        score_responses(connection, definitions, reference, responses, "scored", "kept_scored")


def score_responses(
    connection: DuckDBPyConnection,
    definitions: Definitions,
    reference: str,
    responses: str,
    scored: str,
    kept: str,
) -> None:
    """
    Score the responses to one instrument into the table ``scored``, and by what counted before into ``kept``.

    ``responses``: a query that ends before its WHERE, with ``answers`` and what else the tables want of a response.
    """
    instrument = definitions.instruments[reference]
    answers = stored_answers(connection, instrument, responses)
    *before, standing = definitions.scored_by(reference)
    for definition, table in [(standing, scored), *((each, kept) for each in before)]:
        _score(connection, table, instrument, definitions.instruments[definition], answers)


def stored_answers(connection: DuckDBPyConnection, instrument: Instrument, responses: str) -> np.ndarray:
    """Answers, n × items, in the order of the table ``of_instrument``; 16 bits where all items are whole."""
    kind = "SMALLINT" if all(item.whole for item in instrument.items) else "DOUBLE"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE of_instrument AS "
        f"SELECT * REPLACE (CAST(answers AS {kind}[]) AS answers) FROM ({responses} WHERE instrument = ?)",
        [instrument.reference],
    )
    lists = connection.execute("SELECT answers FROM of_instrument").to_arrow_table()["answers"].combine_chunks()
    return lists.flatten().to_numpy().reshape(-1, len(instrument.items))


def _score(
    connection: DuckDBPyConnection, table: str, asked: Instrument, definition: Instrument, answers: np.ndarray
) -> None:
    """
    Score by ``definition`` what was answered to ``asked``.

    Only the scales that the asked version has, too: a score row always names a scale of its instrument.
    """
    scores = score_columns(definition, reordered(asked, definition, answers))
    for scale in asked.scales:
        if scale.name not in scores:
            continue
        connection.register("column_scores", _columns(scores[scale.name]))
        connection.execute(
            f"INSERT INTO {table} BY NAME "
            "SELECT o.* EXCLUDE (answers), ? AS instrument, ? AS scale, ? AS definition, s.* "
            "FROM of_instrument AS o POSITIONAL JOIN column_scores AS s",
            [asked.reference, scale.name, definition.reference],
        )
        connection.unregister("column_scores")


def _columns(scores: ScaleScores) -> pa.Table:
    """The columns from ``value`` on; NaN becomes null."""
    return pa.table(
        {
            "value": pa.array(scores.value, from_pandas=True),
            "answered": scores.answered,
            "items": pa.array(np.full(len(scores.value), scores.items, dtype=np.int16)),
            "method": pa.DictionaryArray.from_arrays(scores.method, METHODS),
            "se": pa.array(scores.se, from_pandas=True),
            **scores.absent,
        }
    )
