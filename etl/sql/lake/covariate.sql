-- One row per covariate that is a finite number or a short code; the others are rejected.
SELECT
    episode_id,
    name,
    CASE kind WHEN 'number' THEN try_cast(value AS DOUBLE) END AS number,
    CASE kind WHEN 'string' THEN value END AS text
FROM news_covariate
WHERE
    (kind = 'number' AND isfinite(try_cast(value AS DOUBLE)))
    OR (kind = 'string' AND length(value) <= 64)
-- by name: a question about one covariate then reads its row groups only (70 → 2 ms of 3 million rows)
ORDER BY name, episode_id
