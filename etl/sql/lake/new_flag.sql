-- One row per rule and trigger that leads an open episode's track and has not been flagged before.
SELECT
    CAST(j.episode_id AS UUID) AS episode_id,
    j.rule,
    j.trigger,
    j.status,
    j.instrument,
    j.scale,
    j.reason,
    CAST(to_json({
        score: n.score, day: n.day, baseline: n.baseline, previous: nullif(j.previous, 'nan'::DOUBLE),
        p10: n.p10, p50: n.p50, p90: n.p90, n: n.n_similar, below: n.below,
        below_next: n.below_next, expected_next: n.expected_next, off_share: n.off_share, off_tests: n.off_tests,
        shape: n.shape, goal_chance: n.goal_chance, goal_missed: n.goal_missed, goal_flagged: n.goal_flagged,
        expired_in_row: j.expired_in_row,
        exercise_days: nullif(j.exercise_days, 'nan'::DOUBLE),
        exercise_days_before: nullif(j.exercise_days_before, 'nan'::DOUBLE),
        safety_item: j.safety_item
    }) AS VARCHAR) AS evidence,
    CASE WHEN starts_with(j.trigger, 'response:') THEN CAST(substr(j.trigger, 10) AS UUID) END AS response_id,
    $as_of AS flagged_at,
    $snapshot AS snapshot
FROM judged_course AS j
JOIN new_track AS n
    ON n.episode_id = CAST(j.episode_id AS UUID) AND n.instrument = j.instrument AND n.scale = j.scale
WHERE j.rule IS NOT NULL AND NOT EXISTS (
    FROM lake.flag AS f
    WHERE f.episode_id = CAST(j.episode_id AS UUID) AND f.rule = j.rule AND f.trigger = j.trigger
)
-- two scales of one answer are one thing to act on
QUALIFY row_number() OVER (PARTITION BY j.episode_id, j.rule, j.trigger ORDER BY j.headline DESC, j.place) = 1
