-- One row per alert that was really raised and has been closed, with what came of it.
SELECT
    CAST(episode_id AS VARCHAR) AS episode_id,
    rule,
    trigger,
    -- wrapped, because arg_max passes over a null
    arg_max({outcome: outcome}, (happened_at, event_id)).outcome AS outcome
FROM lake.alert_event
GROUP BY episode_id, rule, trigger
HAVING arg_max(to_state, (happened_at, event_id)) = 'resolved'
