-- One row per response that has come.
SELECT
    r.id AS response_id,
    r.episode_id,
    r.instrument,
    r.local_date,
    r.completed_at,
    r.received_at,
    r.entry_mode,
    r.is_proxy,
    r.wording,
    r.language,
    r.completeness,
    r.answers::text AS document,
    jsonb_typeof(r.answers) AS kind,
    r.claimed_scores::text AS claimed_scores,
    r.replaces_id
FROM survey_response AS r
WHERE changed(r)
