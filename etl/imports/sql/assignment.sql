-- Two rows per operation: the questionnaires the registry asked for, answered or not. When it sent them it does not say.
INSERT INTO survey_assignment (
    id, tenant_id, patient_id, episode_id, step, occurrence, instrument, due_date, due_at, overdue_at, expires_at,
    state, response_id
)
SELECT
    q.id, %(tenant_id)s, r.patient_id, r.episode_id, q.step, 1, r.instrument, q.due_date, q.due_at,
    q.due_at + make_interval(days => q.overdue_after),
    q.due_at + make_interval(days => q.expires_after),
    CASE
        WHEN q.is_answered THEN 'answered'
        WHEN q.due_at + make_interval(days => q.expires_after) <= %(as_of)s THEN 'expired'
        ELSE 'open'
    END,
    CASE WHEN q.is_answered THEN q.response_id END
FROM import_row AS r
CROSS JOIN LATERAL (
    VALUES
    (%(baseline)s, r.before_asked_id, r.before_id, r.before_answers IS NOT NULL, r.before_at, r.index_date,
        %(baseline_overdue)s, %(baseline_expires)s),
    (%(follow_up)s, r.after_asked_id, r.after_id, r.after_answers IS NOT NULL, r.after_at, r.after_date,
        %(follow_up_overdue)s, %(follow_up_expires)s)
) AS q (step, id, response_id, is_answered, due_at, due_date, overdue_after, expires_after)
WHERE r.place BETWEEN %(first)s AND %(last)s
