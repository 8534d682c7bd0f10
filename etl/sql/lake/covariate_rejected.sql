-- One row per covariate that is neither a number nor a short code; of text only its length is kept.
SELECT
    'episode' AS source,
    CAST(episode_id AS VARCHAR) AS source_key,
    'covariate_is_no_number_or_short_code' AS rule,
    name AS field,
    CASE kind WHEN 'string' THEN length(value) || ' characters' ELSE kind END AS value
FROM news_covariate
WHERE
    kind IS NOT NULL
    AND NOT (kind = 'number' AND coalesce(isfinite(try_cast(value AS DOUBLE)), false))
    AND NOT (kind = 'string' AND length(value) <= 64)
