-- One row per judged episode, instrument and scale.
SELECT
    CAST(j.episode_id AS UUID) AS episode_id,
    instrument,
    scale,
    headline,
    status,
    CAST(rank AS INTEGER) AS rank,
    reasons[1] AS rule,
    reasons,
    reason,
    explanation,
    CAST(since AS DATE) AS since,
    CAST(response_id AS UUID) AS response_id,
    nullif(score, 'nan'::DOUBLE) AS score,
    CAST(nullif(day, 'nan'::DOUBLE) AS INTEGER) AS day,
    nullif(baseline, 'nan'::DOUBLE) AS baseline,
    nullif(p10, 'nan'::DOUBLE) AS p10,
    nullif(p25, 'nan'::DOUBLE) AS p25,
    nullif(p50, 'nan'::DOUBLE) AS p50,
    nullif(p75, 'nan'::DOUBLE) AS p75,
    nullif(p90, 'nan'::DOUBLE) AS p90,
    CAST(nullif(n_similar, 'nan'::DOUBLE) AS INTEGER) AS n_similar,
    nullif(below, 'nan'::DOUBLE) AS below,
    b.band,
    CAST(valid_until AS TIMESTAMPTZ) AS valid_until
FROM judged_course AS j
LEFT JOIN band_points AS b USING (place)
