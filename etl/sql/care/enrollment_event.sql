-- One row per change of an enrollment's state; the reason is free text and stays.
SELECT
    v.id AS event_id,
    v.enrollment_id,
    n.episode_id,
    n.pathway,
    v.from_state,
    v.to_state,
    v.at AS happened_at
FROM enrollment_event AS v
JOIN enrollment AS n ON n.tenant_id = v.tenant_id AND n.id = v.enrollment_id
WHERE changed(v)
