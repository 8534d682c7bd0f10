-- One row per questionnaire of which something was answered.
INSERT INTO survey_response (
    id, tenant_id, patient_id, episode_id, instrument, answers, completeness, completed_at, local_date, zone,
    entry_mode, is_proxy, wording, language, claimed_scores, source_key
)
SELECT
    q.id, %(tenant_id)s, r.patient_id, r.episode_id, r.instrument, q.answers, 'complete', q.completed_at,
    q.local_date, %(zone)s, 'import', false, 'official', 'en', q.claimed,
    CASE WHEN r.is_live THEN left(r.key, -5) || ':' || q.step || ':live' ELSE r.key || ':' || q.step END
FROM import_row AS r
CROSS JOIN LATERAL (
    VALUES
    (%(baseline)s, r.before_id, r.before_answers, r.before_claimed, r.before_at, r.index_date),
    (%(follow_up)s, r.after_id, r.after_answers, r.after_claimed, r.after_at, r.after_date)
) AS q (step, id, answers, claimed, completed_at, local_date)
WHERE r.place BETWEEN %(first)s AND %(last)s AND q.answers IS NOT NULL
