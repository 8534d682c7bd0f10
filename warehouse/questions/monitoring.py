"""Does the expectation hold? The curves there are, why each was fitted, and how many patients are ahead of theirs."""

from dataclasses import dataclass

import pandas as pd
from duckdb import DuckDBPyConnection

from warehouse.one_row import one_row
from warehouse.scope import ClinicScope, clinic_list
from warehouse.suppression import is_small


def get_fits(cursor: DuckDBPyConnection, scope: ClinicScope) -> pd.DataFrame:
    """
    One row per stratum with a curve, whatever the scope: they are fitted on everybody, on all pathways together.

    condition, stratum, index_kind, instrument, scale; n own patients; the newest fit: fitted_at (instant), why, shift,
    spread, answers; counted_from : instant since when its drift is counted; both instants None in a lake older than
    the table of fits
    """
    return cursor.execute(
        """
        WITH newest AS (
            SELECT * FROM lake.curve_fit
            QUALIFY row_number() OVER (
                PARTITION BY condition, stratum, index_kind, instrument, scale ORDER BY snapshot DESC
            ) = 1
        ),
        counted AS (
            SELECT condition, stratum, index_kind, instrument, scale, max(fitted_at) AS counted_from
            FROM lake.curve_fit
            WHERE counts
            GROUP BY condition, stratum, index_kind, instrument, scale
        )
        SELECT
            k.condition, k.stratum, k.index_kind, k.instrument, k.scale,
            k.n,
            k.fitted_at,
            coalesce(f.why, 'learned') AS why,
            coalesce(f.shift, 0) AS shift,
            coalesce(f.spread, 1) AS spread,
            coalesce(f.answers, 0) AS answers,
            c.counted_from
        FROM lake.curve_statistic AS k
        LEFT JOIN newest AS f USING (condition, stratum, index_kind, instrument, scale)
        LEFT JOIN counted AS c USING (condition, stratum, index_kind, instrument, scale)
        WHERE k.fold_left_out = -1 AND k.curve IS NOT NULL AND coalesce(k.pathway, '') = ''
        ORDER BY k.condition, k.stratum, k.index_kind, k.instrument, k.scale
        """
    ).df()


def get_refits(cursor: DuckDBPyConnection, scope: ClinicScope, most: int = 8) -> pd.DataFrame:
    """One row per run and reason for which curves were fitted again, newest first: fitted_at, why, curves, corrected"""
    return cursor.execute(
        """
        SELECT fitted_at, why, count(*) AS curves, count(*) FILTER (answers > 0) AS corrected
        FROM lake.curve_fit
        WHERE why <> 'first'
        GROUP BY fitted_at, snapshot, why
        ORDER BY snapshot DESC, why
        LIMIT $most
        """,
        {"most": most},
    ).df()


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
