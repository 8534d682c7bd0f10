"""Stored responses scored anew where another definition counts now than the one their scores were made by."""

from duckdb import DuckDBPyConnection

from etl.definitions import Definitions
from etl.scores import score_responses

STORED = "SELECT response_id, episode_id, day, answers FROM lake.response"


def rescore_stale(connection: DuckDBPyConnection, definitions: Definitions) -> None:
    """
    Bring every score of the lake to the definition that counts; the old rows go to ``kept_score``.

    What is stale is read from the scores themselves, so that a killed run is simply run again. The episodes concerned
    are added to ``touched_episode``.
    """
    found = connection.execute("SELECT DISTINCT instrument, definition FROM lake.score ORDER BY ALL").fetchall()
    stale = sorted({asked for asked, definition in found if definition != definitions.scored_by(asked)[-1]})
    if stale:
        score_stored(connection, definitions, stale)
        connection.execute(
            "INSERT INTO touched_episode "
            "SELECT DISTINCT episode_id FROM lake.response WHERE list_contains(?, instrument)",
            [stale],
        )


def score_stored(connection: DuckDBPyConnection, definitions: Definitions, instruments: list[str]) -> None:
    """Score every stored response to these instruments and write the scores back to the lake."""
    for table in ("score", "kept_score"):
        connection.execute(f"DELETE FROM lake.{table} WHERE list_contains(?, instrument)", [instruments])
    for reference in instruments:
        score_responses(connection, definitions, reference, STORED, "lake.score", "lake.kept_score")
