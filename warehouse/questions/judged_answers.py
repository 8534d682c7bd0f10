"""How each answer stood in the band that judged it, before that answer could move it."""

import pandas as pd
from duckdb import DuckDBPyConnection

from warehouse.scope import ClinicScope, clinic_list

# Known before treatment, present or not said; see data/imports.
COMORBIDITIES = (
    "heart_disease", "high_bp", "stroke", "circulation", "lung_disease", "diabetes", "kidney_disease",
    "nervous_system", "liver_disease", "cancer", "depression", "arthritis",
)  # fmt: skip


def get_judged_answers(cursor: DuckDBPyConnection, scope: ClinicScope) -> pd.DataFrame:
    """
    Every answer as it was judged the first time, out of sample.

    A curve is fitted on finished courses. An answer judged before its course was finished was in no fit; a registry's
    is judged by the fit without its provider's fold. What was judged after its own course had finished is left out,
    unless it came afterwards to an episode still open.

    Returns
    -------
    DataFrame, one row per answer and scale, in the order judged
        condition, stratum, index_kind, instrument, scale : the curve that judged it
        episode_id, clinic, pathway (key@version, "" without one); sex, age_band ("" where unknown)
        comorbidities : list of the names that are known to be present; None where none is
        below, equal : share of similar patients with a lower score (ties half), and with the same one; 0–1
        chance : 0–1, of each answer and scale always the same (from a hash of its id); see ``randomised_pit``
        start : 0–1, place of the score at the start among those of the curve, 0 = lowest
        flagged : whether the patient was ever flagged off expected on this scale; None of history, which raises none
        counts : whether its curve's drift is counted with it: of an episode in care, since the fit it is counted from
        judged_as_of : instant
    """
    return cursor.execute(
        """
        WITH first_judged AS (
            SELECT
                episode_id, instrument, scale, response_id,
                arg_min(below, snapshot) AS below,
                arg_min("equal", snapshot) AS "equal",
                arg_min(baseline, snapshot) AS baseline,
                arg_min(judged_as_of, snapshot) AS judged_as_of,
                min(snapshot) AS snapshot
            FROM lake.track_history
            WHERE below IS NOT NULL AND response_id IS NOT NULL
            GROUP BY episode_id, instrument, scale, response_id
        ),
        counted AS (
            SELECT condition, stratum, index_kind, instrument, scale, max(snapshot) AS counted_from
            FROM lake.curve_fit
            WHERE counts
            GROUP BY condition, stratum, index_kind, instrument, scale
        ),
        enrolled AS (
            SELECT episode_id, arg_max(pathway, happened_at) AS pathway
            FROM lake.enrollment_event
            GROUP BY episode_id
        ),
        also_has AS (
            SELECT episode_id, list(name ORDER BY name) AS comorbidities
            FROM lake.covariate
            WHERE list_contains($comorbidities, name) AND text IN ('present', 'yes')
            GROUP BY episode_id
        ),
        flagged AS (
            SELECT DISTINCT episode_id, instrument, scale FROM lake.flag WHERE rule = 'off_expected'
        )
        SELECT
            e.condition,
            e.stratum,
            e.index_kind,
            j.instrument,
            j.scale,
            CAST(j.episode_id AS VARCHAR) AS episode_id,
            c.name AS clinic,
            coalesce(n.pathway, '') AS pathway,
            p.sex,
            coalesce(
                p.age_band,
                CASE WHEN p.birth_year IS NOT NULL THEN
                    printf('%d to %d', (year(e.index_date) - p.birth_year) // 10 * 10,
                           (year(e.index_date) - p.birth_year) // 10 * 10 + 9)
                END,
                ''
            ) AS age_band,
            a.comorbidities,
            j.below,
            j."equal",
            md5_number_lower(concat_ws(' ', j.response_id, j.instrument, j.scale)) / 18446744073709551616 AS chance,
            (row_number() OVER by_start - 0.5) / count(*) OVER (
                PARTITION BY e.condition, e.stratum, e.index_kind, j.instrument, j.scale
            ) AS start,
            CASE WHEN NOT e.is_historical THEN f.episode_id IS NOT NULL END AS flagged,
            NOT e.is_historical AND coalesce(j.snapshot >= k.counted_from, false) AS counts,
            CAST(j.judged_as_of AS TIMESTAMP) AS judged_as_of
        FROM first_judged AS j
        JOIN lake.episode AS e USING (episode_id)
        JOIN lake.patient AS p USING (patient_key)
        JOIN lake.clinic AS c ON c.clinic_id = e.clinic_id
        JOIN lake.response AS r USING (response_id)
        LEFT JOIN lake.finished_course AS o USING (episode_id)
        LEFT JOIN enrolled AS n USING (episode_id)
        LEFT JOIN also_has AS a USING (episode_id)
        LEFT JOIN flagged AS f
            ON (f.episode_id, f.instrument, f.scale) = (j.episode_id, j.instrument, j.scale)
        LEFT JOIN counted AS k
            ON (k.condition, k.stratum, k.index_kind, k.instrument, k.scale)
            = (e.condition, e.stratum, e.index_kind, j.instrument, j.scale)
        WHERE
            (
                e.is_historical OR o.episode_id IS NULL OR j.judged_as_of < o.finished_at
                OR (e.state = 'open' AND r.completed_at > o.finished_at)
            )
            AND ($clinics IS NULL OR list_contains($clinics, e.clinic_id))
        WINDOW by_start AS (
            PARTITION BY e.condition, e.stratum, e.index_kind, j.instrument, j.scale ORDER BY j.baseline, j.episode_id
        )
        ORDER BY j.judged_as_of, r.completed_at, j.episode_id, j.instrument, j.scale
        """,
        {"clinics": clinic_list(scope), "comorbidities": list(COMORBIDITIES)},
    ).df()
