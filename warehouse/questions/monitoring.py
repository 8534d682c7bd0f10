"""Does the expectation hold? How each answer stood in the band that judged it, before that answer could move it."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from duckdb import DuckDBPyConnection

from warehouse.one_row import one_row
from warehouse.scope import ClinicScope, clinic_list
from warehouse.suppression import is_small


def get_judged_answers(cursor: DuckDBPyConnection, scope: ClinicScope) -> pd.DataFrame:
    """
    Every answer as it was judged the first time, out of sample.

    A curve is fitted on closed episodes. An answer judged while its episode was open was in no fit; a registry's is
    judged by the fit without its provider's fold. What was judged after its own episode had closed is left out.

    Returns
    -------
    DataFrame, one row per answer and scale, in the order judged
        instrument, scale, episode_id, clinic; sex, age_band ("" where unknown)
        below : share of similar patients with a lower score, 0–1
        third : 1–3, of the score at the start, 1 = lowest, within the stratum and scale
        judged_as_of : instant
    """
    return cursor.execute(
        """
        WITH first_judged AS (
            SELECT
                episode_id, instrument, scale, response_id,
                arg_min(below, snapshot) AS below,
                arg_min(baseline, snapshot) AS baseline,
                arg_min(judged_as_of, snapshot) AS judged_as_of
            FROM lake.track_history
            WHERE below IS NOT NULL AND response_id IS NOT NULL
            GROUP BY episode_id, instrument, scale, response_id
        )
        SELECT
            j.instrument,
            j.scale,
            CAST(j.episode_id AS VARCHAR) AS episode_id,
            c.name AS clinic,
            p.sex,
            coalesce(
                p.age_band,
                CASE WHEN p.birth_year IS NOT NULL THEN
                    printf('%d to %d', (year(e.index_date) - p.birth_year) // 10 * 10,
                           (year(e.index_date) - p.birth_year) // 10 * 10 + 9)
                END,
                ''
            ) AS age_band,
            j.below,
            ntile(3) OVER (
                PARTITION BY e.condition, e.stratum, e.index_kind, j.instrument, j.scale
                ORDER BY j.baseline, j.episode_id
            ) AS third,
            CAST(j.judged_as_of AS TIMESTAMP) AS judged_as_of
        FROM first_judged AS j
        JOIN lake.episode AS e USING (episode_id)
        JOIN lake.patient AS p USING (patient_key)
        JOIN lake.clinic AS c ON c.clinic_id = e.clinic_id
        JOIN lake.response AS r USING (response_id)
        WHERE
            (e.is_historical OR e.closed_at IS NULL OR j.judged_as_of < e.closed_at)
            AND ($clinics IS NULL OR list_contains($clinics, e.clinic_id))
        ORDER BY j.judged_as_of, r.completed_at, j.episode_id, j.instrument, j.scale
        """,
        {"clinics": clinic_list(scope)},
    ).df()


@dataclass(frozen=True)
class Fits:
    """How many strata and scales have a curve, and when one was fitted last; None without any."""

    curves: int
    last_at: datetime | None


def get_fits(cursor: DuckDBPyConnection, scope: ClinicScope) -> Fits:
    """One row: the curves of the lake, whatever the scope: they are fitted on everybody."""
    return Fits(
        *one_row(cursor, "SELECT count(*) FILTER (n > 0), max(fitted_at) FILTER (n > 0) FROM lake.curve_statistic")
    )


@dataclass(frozen=True)
class AheadCount:
    """Patients ahead of their curve, of all under care who have one; None under ten."""

    ahead: int | None
    judged: int


def count_ahead(cursor: DuckDBPyConnection, scope: ClinicScope) -> AheadCount:
    """One row: open episodes whose shown scale stands above its band."""
    ahead, judged = one_row(
        cursor,
        """
        SELECT count(*) FILTER (t.status = 'ahead'), count(*)
        FROM lake.track AS t
        JOIN lake.episode AS e USING (episode_id)
        WHERE
            t.headline AND t.p50 IS NOT NULL AND e.state = 'open'
            AND ($clinics IS NULL OR list_contains($clinics, e.clinic_id))
        """,
        {"clinics": clinic_list(scope)},
    )
    hide = is_small(ahead) or is_small(judged - ahead)
    return AheadCount(None if hide else ahead, judged)
