-- One row per episode, exercise and day on which it was prescribed or reported.
WITH prescribed AS (
    SELECT DISTINCT p.episode_id, p.exercise, CAST(d.each_day AS DATE) AS local_date
    FROM news_exercise_prescription AS p
    CROSS JOIN LATERAL (
        SELECT unnest(generate_series(p.start_date, p.end_date, INTERVAL 1 DAY)) AS each_day
    ) AS d
    WHERE
        p.end_date - p.start_date BETWEEN 0 AND 1095
        AND (p.weekdays >> (isodow(d.each_day) - 1)) & 1 = 1
)
SELECT
    episode_id,
    exercise,
    local_date,
    local_date - e.index_date AS day,
    p.episode_id IS NOT NULL AS prescribed,
    coalesce(s.state IN ('done', 'partly'), false) AS done,
    s.state,
    s.reason,
    CASE WHEN s.pain BETWEEN 0 AND 10 THEN s.pain END AS pain
FROM prescribed AS p
FULL JOIN news_exercise_session AS s USING (episode_id, exercise, local_date)
JOIN lake.episode AS e USING (episode_id)
