-- One row per response of an episode that this run has touched: new ones, and those the lake has already.
-- Says which response stands instead of another and which may count; the baseline is chosen when they are scored.
WITH known AS (
    SELECT n.* EXCLUDE (document, kind), v.answers, false AS is_baseline
    FROM news_response AS n
    JOIN valid_answers AS v USING (response_id)
    UNION ALL BY NAME
    SELECT r.* EXCLUDE (superseded_by, counts, day)
    FROM lake.response AS r
    WHERE
        r.episode_id IN (SELECT episode_id FROM touched_episode)
        AND r.response_id NOT IN (SELECT response_id FROM news_response)
        AND NOT $full_reading
),
corrected AS (
    SELECT k.*, c.corrected_by
    FROM known AS k
    LEFT JOIN (
        SELECT replaces_id AS response_id, arg_max(response_id, received_at) AS corrected_by
        FROM known
        WHERE replaces_id IS NOT NULL
        GROUP BY replaces_id
    ) AS c USING (response_id)
),
of_the_day AS (
    SELECT
        *,
        first_value(response_id) OVER (
            PARTITION BY episode_id, instrument, local_date, corrected_by IS NULL
            ORDER BY completed_at DESC, received_at DESC, response_id DESC
        ) AS last_of_the_day
    FROM corrected
),
standing AS (
    SELECT
        * EXCLUDE (corrected_by, last_of_the_day),
        coalesce(corrected_by, nullif(last_of_the_day, response_id)) AS superseded_by
    FROM of_the_day
)
SELECT
    s.*,
    s.local_date - e.index_date AS day,
    s.superseded_by IS NULL AND (s.wording = 'official' OR $is_demo) AS counts
FROM standing AS s
JOIN lake.episode AS e USING (episode_id)
