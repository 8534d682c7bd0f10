"""The courses behind a few episodes: every scored answer, on one scale each."""

from collections.abc import Sequence
from uuid import UUID

import pandas as pd
from duckdb import DuckDBPyConnection

from warehouse.scope import ClinicScope, clinic_list


def get_courses(cursor: DuckDBPyConnection, scope: ClinicScope, episode_ids: Sequence[UUID]) -> pd.DataFrame:
    """
    One row per scored response and scale of the episodes, oldest first.

    Columns: episode_id, instrument (key@version), scale, response_id, day, local_date, value, is_baseline.
    Superseded responses are left out; a response that could not be scored has none.
    """
    return cursor.execute(
        """
        SELECT s.episode_id, s.instrument, s.scale, s.response_id, s.day, r.local_date, s.value, r.is_baseline
        FROM lake.score AS s
        JOIN lake.response AS r ON r.response_id = s.response_id
        JOIN lake.episode AS e ON e.episode_id = s.episode_id
        WHERE list_contains($episodes, s.episode_id)
          AND ($clinics IS NULL OR list_contains($clinics, e.clinic_id))
          AND s.value IS NOT NULL
          AND r.superseded_by IS NULL
        ORDER BY s.episode_id, s.instrument, s.scale, s.day, r.completed_at, s.response_id
        """,
        {"episodes": sorted(episode_ids), "clinics": clinic_list(scope)},
    ).df()


def get_similar_courses(
    cursor: DuckDBPyConnection, scope: ClinicScope, episode_id: UUID, instrument: str, scale: str, most: int = 20
) -> pd.DataFrame:
    """
    One row per scored response of at most ``most`` closed courses like this one, by course and day.

    Like: same condition, stratum, kind of index, instrument and scale, at least two follow-ups, and the baselines
    nearest to this episode's own. Columns: course (1 … most, in no one's name), day, value. Empty without a baseline.
    """
    return cursor.execute(
        """
        WITH own AS (
            SELECT e.condition, e.stratum, e.index_kind, s.value AS baseline
            FROM lake.episode AS e
            JOIN lake.response AS r ON r.episode_id = e.episode_id AND r.is_baseline AND r.instrument = $instrument
            JOIN lake.score AS s ON s.response_id = r.response_id AND s.scale = $scale
            WHERE e.episode_id = $episode
              AND ($clinics IS NULL OR list_contains($clinics, e.clinic_id))
        ),
        candidates AS (
            SELECT e.episode_id, abs(s.value - own.baseline) AS distance
            FROM own
            JOIN lake.episode AS e
              ON e.condition = own.condition AND e.stratum = own.stratum AND e.index_kind = own.index_kind
            JOIN lake.response AS r
              ON r.episode_id = e.episode_id AND r.is_baseline AND r.counts AND r.instrument = $instrument
            JOIN lake.score AS s ON s.response_id = r.response_id AND s.scale = $scale
            WHERE e.state = 'closed' AND e.episode_id <> $episode AND s.value IS NOT NULL
        ),
        nearest AS (
            SELECT c.episode_id, row_number() OVER (ORDER BY c.distance, c.episode_id) AS course
            FROM candidates AS c
            JOIN lake.score AS s
              ON s.episode_id = c.episode_id AND s.instrument = $instrument AND s.scale = $scale
            JOIN lake.response AS r ON r.response_id = s.response_id AND r.counts
            WHERE s.value IS NOT NULL AND s.day > 0
            GROUP BY c.episode_id, c.distance
            HAVING count(*) >= 2
            ORDER BY c.distance, c.episode_id
            LIMIT $most
        )
        SELECT n.course, s.day, s.value
        FROM nearest AS n
        JOIN lake.score AS s ON s.episode_id = n.episode_id AND s.instrument = $instrument AND s.scale = $scale
        JOIN lake.response AS r ON r.response_id = s.response_id AND r.counts
        WHERE s.value IS NOT NULL
        ORDER BY n.course, s.day
        """,
        {
            "episode": episode_id,
            "instrument": instrument,
            "scale": scale,
            "most": most,
            "clinics": clinic_list(scope),
        },
    ).df()
