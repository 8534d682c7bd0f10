-- One row per message that is new, has changed, or has now been replied to.
WITH replies AS (
    SELECT replies_to_id AS message_id, min(sent_at) AS replied_at
    FROM news_message_event
    WHERE replies_to_id IS NOT NULL
    GROUP BY replies_to_id
),
known AS (
    SELECT k.*
    FROM lake.message_event AS k
    WHERE k.message_id IN (SELECT message_id FROM replies UNION ALL SELECT message_id FROM news_message_event)
)
SELECT n.* EXCLUDE (replies_to_id), least(k.replied_at, r.replied_at) AS replied_at
FROM news_message_event AS n
LEFT JOIN known AS k USING (message_id)
LEFT JOIN replies AS r USING (message_id)
UNION ALL BY NAME
SELECT k.* EXCLUDE (replied_at), least(k.replied_at, r.replied_at) AS replied_at
FROM known AS k
JOIN replies AS r USING (message_id)
WHERE k.message_id NOT IN (SELECT message_id FROM news_message_event)
