-- One row per scored follow-up of a finished course with a baseline: what the curves are fitted on.
CREATE OR REPLACE TEMP TABLE training AS
WITH scored AS (
    SELECT s.episode_id, s.instrument, s.scale, s.day, s.value, r.is_baseline, r.completed_at
    FROM lake.score AS s
    JOIN lake.response AS r USING (response_id)
    SEMI JOIN scale_of AS d ON d.instrument = s.instrument AND d.scale = s.scale
    WHERE r.counts AND s.value IS NOT NULL
),
began AS (
    SELECT episode_id, split_part(arg_min(pathway, happened_at), '@', 1) AS pathway
    FROM lake.enrollment_event
    GROUP BY episode_id
)
SELECT
    e.condition,
    e.stratum,
    e.index_kind,
    f.instrument,
    f.scale,
    e.episode_id,
    e.is_historical,
    -- the pathway the course began on; '' for a registry's rows and where there was none
    CASE WHEN e.is_historical THEN '' ELSE coalesce(g.pathway, '') END AS pathway,
    c.code AS clinic_code,
    f.day,
    b.value AS baseline,
    f.value AS score
FROM scored AS f
JOIN scored AS b USING (episode_id, instrument, scale)
JOIN lake.episode AS e USING (episode_id)
JOIN lake.clinic AS c USING (clinic_id)
JOIN lake.finished_course AS o USING (episode_id)
LEFT JOIN began AS g USING (episode_id)
WHERE
    b.is_baseline AND NOT f.is_baseline AND f.day > b.day AND f.day > 0
    -- of an open episode what came after its pathway waits until it is closed: no fit for every late answer
    AND (e.state = 'closed' OR f.completed_at <= o.finished_at)
