-- One row per thing that has happened to an alert; the note stays.
SELECT
    v.id AS event_id,
    v.alert_id,
    a.episode_id,
    a.rule,
    a.trigger,
    a.status,
    a.raised_at,
    a.due_at,
    v.from_state,
    v.to_state,
    v.at AS happened_at,
    v.membership_id,
    v.outcome
FROM alert_event AS v
JOIN alert AS a ON a.tenant_id = v.tenant_id AND a.id = v.alert_id
WHERE changed(v)
