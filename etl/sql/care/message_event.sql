-- One row per message that has changed; its text stays, its length goes.
SELECT
    m.id AS message_id,
    p.lake_key AS patient_key,
    m.episode_id,
    m.direction,
    m.kind,
    m.channel,
    char_length(m.body) AS length,
    m.sent_at,
    m.delivered_at,
    m.read_at,
    m.replies_to_id
FROM message AS m
JOIN patient AS p ON p.tenant_id = m.tenant_id AND p.id = m.patient_id
WHERE changed(m)
