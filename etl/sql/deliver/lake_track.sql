-- One row per track that has changed since the last delivery, as it stands now; read from the lake.
SELECT
    CAST(episode_id AS VARCHAR) AS episode_id,
    instrument,
    scale,
    headline,
    status,
    rank,
    CAST(to_json(reasons) AS VARCHAR) AS reasons,
    reason,
    since,
    CAST(response_id AS VARCHAR) AS response_id,
    score,
    day,
    CASE WHEN p50 IS NOT NULL THEN CAST(to_json(
        {p10: p10, p25: p25, p50: p50, p75: p75, p90: p90, n: n_similar, below: below,
        below_next: below_next, expected_next: expected_next, off_tests: off_tests, shape: shape,
        goal: goal_title, goal_day: goal_day, goal_chance: goal_chance,
        own: mix_own, network: mix_network, literature: mix_literature, parts: CAST(parts AS JSON)}
    ) AS VARCHAR) END AS expected,
    band,
    judged_as_of,
    valid_until
FROM lake.track_history
WHERE snapshot > $delivered
QUALIFY row_number() OVER (PARTITION BY episode_id, instrument, scale ORDER BY snapshot DESC) = 1
