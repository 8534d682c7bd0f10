-- One row per assignment that has changed; linking its response changes it.
SELECT
    a.id AS assignment_id,
    a.episode_id,
    a.enrollment_id,
    a.step,
    a.occurrence,
    a.instrument,
    a.due_date,
    a.sent_at,
    a.due_at,
    a.overdue_at,
    a.expires_at,
    a.state,
    a.response_id,
    r.completed_at AS answered_at
FROM survey_assignment AS a
LEFT JOIN survey_response AS r ON r.tenant_id = a.tenant_id AND r.id = a.response_id
WHERE changed(a)
