"""Scores: a pure function of an immutable response and an immutable definition, on whole columns."""

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from etl.definitions import Definitions
from etl.frames import make_table
from scoring.bulk import ScaleScores, score_columns
from scoring.instrument import Instrument
from scoring.score import METHODS


def score_new_responses(connection: DuckDBPyConnection, definitions: Definitions) -> None:
    """Make ``scored`` (response_id, instrument, scale, value, answered, items, method, se) of ``valid_answers``."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE scored (response_id UUID, instrument VARCHAR, scale VARCHAR, value DOUBLE, "
        "answered SMALLINT, items SMALLINT, method VARCHAR, se DOUBLE)"
    )
    asked = connection.execute("SELECT DISTINCT instrument FROM valid_answers ORDER BY instrument").fetchall()
    for (reference,) in asked:
        _score(connection, reference, definitions.instruments[reference])


def _score(connection: DuckDBPyConnection, reference: str, instrument: Instrument) -> None:
    places = range(1, len(instrument.items) + 1)
    columns = ", ".join(f"answers[{place}] AS a{place}" for place in places)
    found = connection.execute(
        f"SELECT CAST(response_id AS VARCHAR) AS id, {columns} FROM valid_answers WHERE instrument = ?", [reference]
    ).fetchnumpy()
    answers = np.column_stack([found[f"a{place}"] for place in places])
    for scale, scores in score_columns(instrument, answers).items():
        make_table(connection, "column_scores", _frame(found["id"], scores))
        connection.execute(
            "INSERT INTO scored SELECT response_id, ?, ?, nullif(value, 'nan'::DOUBLE), answered, ?, method, "
            "nullif(se, 'nan'::DOUBLE) FROM column_scores",
            [reference, scale, scores.items],
        )


def _frame(response_id: np.ndarray, scores: ScaleScores) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "response_id": response_id,
            "value": scores.value,
            "answered": scores.answered,
            "method": np.array(METHODS)[scores.method],
            "se": scores.se,
        }
    )
