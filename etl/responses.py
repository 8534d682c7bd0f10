"""Responses: documents become answer lists in the definition's order; what breaks a rule is quarantined."""

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from etl.carry import sql
from etl.definitions import Definitions
from etl.frames import make_table
from scoring.bulk import out_of_range
from scoring.instrument import Instrument

ANSWER_CODE = """
CREATE OR REPLACE TEMP MACRO answer_code(x) AS CASE
    WHEN x IS NULL OR x = '"skipped"' THEN -1
    WHEN x = '"not_asked"' THEN -2
    WHEN x = '"not_applicable"' THEN -3
    WHEN x = '"unreadable"' THEN -4
    -- a negative number is no answer, though codes of absence are negative
    WHEN try_cast(x AS DOUBLE) >= 0 THEN try_cast(x AS DOUBLE)
END
"""


def stage_answers(connection: DuckDBPyConnection, definitions: Definitions) -> None:
    """
    Make ``valid_answers`` (response_id, instrument, answers) of ``news_response``, and reject the others.

    A response with one broken answer is quarantined as a whole: its scores would say what nobody answered.
    """
    connection.execute(ANSWER_CODE)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE raw_answers "
        "(response_id UUID, instrument VARCHAR, codes DOUBLE[], texts VARCHAR[], strange VARCHAR[])"
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE outside (response_id UUID, instrument VARCHAR, position INTEGER)")
    for reference, instrument in _asked(connection, definitions).items():
        connection.execute(sql("lake/raw_answers"), {"instrument": reference, **_columns(instrument)})
        _find_outside(connection, reference, instrument)
    connection.execute(sql("lake/valid_answers"))
    known = list(definitions.instruments)
    connection.execute(f"INSERT INTO new_rejected {sql('lake/response_rejected')}", {"known": known})


def _columns(instrument: Instrument) -> dict[str, list]:
    return {
        "items": [item.id for item in instrument.items],
        "paths": [f'$."{item.id}"' for item in instrument.items],
        "not_applicable": [f"{item.not_applicable:g}" if item.not_applicable else "" for item in instrument.items],
    }


def _asked(connection: DuckDBPyConnection, definitions: Definitions) -> dict[str, Instrument]:
    news = connection.execute("SELECT DISTINCT instrument FROM news_response ORDER BY instrument").fetchall()
    return {name: definitions.instruments[name] for (name,) in news if name in definitions.instruments}


def _find_outside(connection: DuckDBPyConnection, reference: str, instrument: Instrument) -> None:
    """Add to ``outside`` the answers that are numbers but none of their item's."""
    places = range(1, len(instrument.items) + 1)
    columns = ", ".join(f"coalesce(codes[{place}], -4) AS a{place}" for place in places)
    found = connection.execute(
        f"SELECT CAST(response_id AS VARCHAR) AS id, {columns} FROM raw_answers WHERE instrument = ?", [reference]
    ).fetchnumpy()
    row, place = np.nonzero(out_of_range(instrument, np.column_stack([found[f"a{place}"] for place in places])))
    if len(row):
        make_table(connection, "found", pd.DataFrame({"response_id": found["id"][row], "position": place + 1}))
        connection.execute("INSERT INTO outside SELECT response_id, ?, position FROM found", [reference])
