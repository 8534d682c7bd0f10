"""How much a lake holds and when it was last filled."""

from dataclasses import dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection

from warehouse.one_row import one_row


@dataclass(frozen=True)
class Contents:
    """What a lake holds: rows of its largest facts, rows quarantined, and the instant the last run judged as of."""

    as_of: datetime | None
    episodes: int
    responses: int
    scores: int
    rejected: int


def contents(cursor: DuckDBPyConnection) -> Contents:
    """One row: what the lake holds now."""
    row = one_row(
        cursor,
        """
        SELECT
            (SELECT max(as_of) FROM lake.etl_run),
            (SELECT count(*) FROM lake.episode),
            (SELECT count(*) FROM lake.response),
            (SELECT count(*) FROM lake.score),
            (SELECT count(*) FROM lake.rejected)
        """,
    )
    return Contents(*row)
