-- Where the episodes stand. The headline moves first: one per episode, also for a moment.
UPDATE track AS t SET headline = false
FROM new_track AS n
WHERE
    n.episode_id = t.episode_id AND n.instrument = t.instrument AND n.scale = t.scale
    AND t.headline AND NOT n.headline;

INSERT INTO track (
    id, tenant_id, patient_id, episode_id, instrument, scale, headline, status, rank, reasons, reason, since,
    response_id, score, day, expected, band, judged_as_of, valid_until
)
SELECT
    gen_random_uuid(), e.tenant_id, e.patient_id, n.episode_id, n.instrument, n.scale, n.headline, n.status, n.rank,
    n.reasons, n.reason, n.since, n.response_id, n.score, n.day, n.expected, n.band, n.judged_as_of, n.valid_until
FROM new_track AS n
JOIN episode AS e ON e.id = n.episode_id
-- a headline taken from another scale of the same delivery has been given back above
ORDER BY n.headline
ON CONFLICT (tenant_id, episode_id, instrument, scale) DO UPDATE SET
    headline = excluded.headline,
    status = excluded.status,
    rank = excluded.rank,
    reasons = excluded.reasons,
    reason = excluded.reason,
    since = excluded.since,
    response_id = excluded.response_id,
    score = excluded.score,
    day = excluded.day,
    expected = excluded.expected,
    band = excluded.band,
    judged_as_of = excluded.judged_as_of,
    valid_until = excluded.valid_until
