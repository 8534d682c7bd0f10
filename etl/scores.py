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
        instrument = definitions.instruments[reference]
        answers = stored_answers(connection, reference, instrument)
        *kept, standing = definitions.scored_by(reference)
        for definition, table in [(standing, "scored"), *((each, "kept_scored") for each in kept)]:
            _score(connection, table, instrument, definitions.instruments[definition], answers)


def stored_answers(connection: DuckDBPyConnection, reference: str, instrument: Instrument) -> np.ndarray:
    """What ``valid_answers`` holds, n × items in the order of ``of_instrument``; 16 bits where all items are whole."""
    whole = all(item.whole for item in instrument.items)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE of_instrument AS "
        f"SELECT response_id, CAST(answers AS {'SMALLINT' if whole else 'DOUBLE'}[]) AS answers "
        "FROM valid_answers WHERE instrument = ?",
        [reference],
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
            f"INSERT INTO {table} SELECT o.response_id, ?, ?, ?, s.* FROM of_instrument AS o "
            "POSITIONAL JOIN column_scores AS s",
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
