-- One row per response of a touched episode, with the baseline chosen.
-- A baseline once chosen is kept while it stands and lies inside the window: people have judged by it.
WITH window_of AS (
    SELECT
        e.episode_id,
        coalesce(p.from_day, k.from_day) AS from_day,
        coalesce(p.to_day, k.to_day) AS to_day
    FROM lake.episode AS e
    LEFT JOIN (
        SELECT episode_id, arg_max(pathway, happened_at) AS pathway
        FROM lake.enrollment_event
        WHERE episode_id IN (SELECT episode_id FROM touched_episode)
        GROUP BY episode_id
    ) AS n USING (episode_id)
    LEFT JOIN baseline_window AS p ON p.pathway = n.pathway
    LEFT JOIN baseline_window AS k ON k.index_kind = e.index_kind
    WHERE e.episode_id IN (SELECT episode_id FROM touched_episode)
),
candidates AS (
    SELECT r.response_id, row_number() OVER (
        PARTITION BY r.episode_id, r.instrument
        -- An answer that counts nowhere (demonstration wording) does not take the place of one that does.
        ORDER BY r.is_baseline DESC, r.counts DESC, abs(r.day), r.day
    ) AS place
    FROM staged_response AS r
    JOIN window_of AS w USING (episode_id)
    WHERE
        r.superseded_by IS NULL
        AND r.day BETWEEN w.from_day AND w.to_day
        AND r.response_id IN (SELECT response_id FROM staged_score WHERE value IS NOT NULL)
)
SELECT
    r.* EXCLUDE (is_baseline),
    coalesce(c.place = 1, false) AS is_baseline
FROM staged_response AS r
LEFT JOIN candidates AS c USING (response_id)
