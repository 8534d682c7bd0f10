-- One row per flag raised since the last delivery; read from the lake.
SELECT
    CAST(episode_id AS VARCHAR) AS episode_id, rule, trigger, status, instrument, scale, reason, evidence,
    CAST(response_id AS VARCHAR) AS response_id, flagged_at
FROM lake.flag
WHERE snapshot > $delivered
