"""The SQL behind managers' outcomes: text only; values are bound by ``warehouse.questions.outcomes``."""

from collections.abc import Sequence
from typing import Protocol

# `e` is a row of lake.episode; ``warehouse.scope.clinic_list`` fills the parameter.
IN_SCOPE = "($clinics IS NULL OR list_contains($clinics, e.clinic_id))"

# An answer belongs to the nearest scheduled day within two weeks, as for the recovery bands.
WINDOW = 14


class Cut(Protocol):
    kind: str
    unit: str


# One row per episode of the selection. A planned operation has no outcome yet.
CHOSEN = f"""
chosen AS (
    SELECT e.episode_id, e.clinic_id
    FROM lake.episode AS e
    WHERE
        e.condition = $condition AND e.stratum = $stratum AND e.index_kind = $index_kind
        AND e.index_status = 'actual'
        AND ($first IS NULL OR e.index_date >= CAST($first AS DATE))
        AND ($last IS NULL OR e.index_date <= CAST($last AS DATE))
        AND {IN_SCOPE}
)
"""

# One row per answer that counts, with its score; value null = not scorable.
SCORED = """
scored AS (
    SELECT r.episode_id, r.day, r.is_baseline, s.value
    FROM lake.response AS r
    LEFT JOIN (SELECT response_id, value FROM lake.score WHERE instrument = $instrument AND scale = $scale) AS s
        USING (response_id)
    WHERE r.instrument = $instrument AND r.counts AND r.episode_id IN (SELECT episode_id FROM chosen)
)
"""

COMPARED = f"""
answered AS (
    -- after: the score nearest to the day asked for; of two equally near ones the earlier
    SELECT
        episode_id,
        any_value(value) FILTER (is_baseline) AS before,
        arg_min(value, 2 * abs(day - $day) + (day > $day)::INTEGER) FILTER (is_near AND value IS NOT NULL) AS after,
        bool_or(is_near) AS is_answered
    FROM (SELECT *, NOT is_baseline AND abs(day - $day) <= {WINDOW} AS is_near FROM scored)
    GROUP BY episode_id
),
asked AS (
    SELECT DISTINCT episode_id
    FROM lake.assignment
    WHERE
        instrument = $instrument AND state <> 'cancelled' AND abs(day - $day) <= {WINDOW}
        AND due_at <= (SELECT max(as_of) FROM lake.etl_run)
),
forecast AS (
    SELECT episode_id, number AS value FROM lake.covariate WHERE name = $prediction
),
compared AS (
    SELECT
        c.clinic_id,
        coalesce(a.is_answered, false) AS is_answered,
        q.episode_id IS NOT NULL OR coalesce(a.is_answered, false) AS is_due,
        a.before,
        a.after,
        a.after - a.before AS gain,
        a.after - p.value AS residual,
        gain IS NOT NULL AS is_matched,
        gain IS NOT NULL AND (residual IS NOT NULL OR NOT $only_predicted) AS is_counted
    FROM chosen AS c
    LEFT JOIN answered AS a USING (episode_id)
    LEFT JOIN asked AS q USING (episode_id)
    LEFT JOIN forecast AS p USING (episode_id)
)
"""


def sql_for_clinics(cuts: Sequence[Cut]) -> str:
    """One row per clinic: counts and sums over its episodes of the selection."""
    reached = "".join(
        f",\n    count(*) FILTER (is_counted AND {_reaches(cut, place)}) AS reached_{place}"
        for place, cut in enumerate(cuts)
    )
    return f"""
WITH {CHOSEN.strip()}, {SCORED.strip()}, {COMPARED.strip()}
SELECT
    k.clinic_id,
    k.code,
    k.name,
    count(*) AS eligible,
    count(*) FILTER (is_due) AS due,
    count(*) FILTER (is_answered) AS answered,
    count(*) FILTER (is_matched) AS matched,
    count(*) FILTER (is_matched AND residual IS NOT NULL) AS predicted,
    count(*) FILTER (is_counted) AS n,
    coalesce(sum(before) FILTER (is_counted), 0) AS before,
    coalesce(sum(after) FILTER (is_counted), 0) AS after,
    coalesce(sum(gain) FILTER (is_counted), 0) AS gain,
    coalesce(sum(gain * gain) FILTER (is_counted), 0) AS gain_squared,
    coalesce(sum(residual) FILTER (is_counted), 0) AS residual,
    coalesce(sum(residual * residual) FILTER (is_counted), 0) AS residual_squared,
    count(*) FILTER (is_counted AND $sign * gain > 0) AS improved,
    count(*) FILTER (is_counted AND gain = 0) AS same,
    count(*) FILTER (is_counted AND $sign * gain < 0) AS worse{reached}
FROM compared
JOIN lake.clinic AS k USING (clinic_id)
GROUP BY k.clinic_id, k.code, k.name
ORDER BY k.code
"""


def _reaches(cut: Cut, place: int) -> str:
    if cut.kind == "PASS":
        return f"$sign * after >= $sign * $cut_{place}"
    needed = f"$cut_{place} / 100 * abs(before)" if cut.unit == "percent" else f"$cut_{place}"
    return f"$sign * gain >= {needed}"


def sql_for_courses() -> str:
    """One row per clinic shown, and for everybody (clinic_id null), and scheduled day."""
    return f"""
WITH {CHOSEN.strip()}, {SCORED.strip()},
placed AS (
    SELECT s.episode_id, s.value, d.day, abs(s.day - d.day) AS off
    FROM scored AS s
    JOIN (SELECT unnest($days) AS day) AS d ON NOT s.is_baseline AND abs(s.day - d.day) <= {WINDOW}
    WHERE s.value IS NOT NULL
    UNION ALL
    SELECT episode_id, value, 0, 0 FROM scored WHERE is_baseline AND value IS NOT NULL
),
nearest AS (
    SELECT episode_id, day, arg_min(value, off) AS value
    FROM placed
    WHERE episode_id IN (SELECT episode_id FROM placed WHERE day = 0)
    GROUP BY episode_id, day
)
SELECT
    CASE WHEN grouping(c.clinic_id) = 0 THEN c.clinic_id END AS clinic_id,
    n.day,
    count(*) AS n,
    avg(n.value) AS mean,
    stddev_samp(n.value) AS sd
FROM nearest AS n
JOIN chosen AS c USING (episode_id)
GROUP BY GROUPING SETS ((c.clinic_id, n.day), (n.day))
HAVING grouping(c.clinic_id) = 1 OR list_contains(CAST($shown_clinics AS UUID[]), c.clinic_id)
ORDER BY clinic_id NULLS FIRST, n.day
"""


def sql_for_choices() -> str:
    """One row per condition, stratum, index kind, instrument, scheduled day and year of index that was asked."""
    return f"""
SELECT
    e.condition,
    e.stratum,
    e.index_kind,
    a.instrument,
    a.day,
    year(e.index_date) AS year,
    count(*) AS asked,
    max(CASE e.index_precision WHEN 'year' THEN 3 WHEN 'month' THEN 2 ELSE 1 END) AS coarseness
FROM lake.assignment AS a
JOIN lake.episode AS e USING (episode_id)
WHERE a.day > 0 AND a.state <> 'cancelled' AND {IN_SCOPE}
GROUP BY ALL
ORDER BY ALL
"""
