-- Snoozed alerts whose time has come: the date has passed, or (without a date) the patient has answered since.
WITH woken AS (
    UPDATE alert AS a SET state = 'open', state_changed_at = now(), snoozed_until = NULL, version = a.version + 1
    WHERE a.state = 'snoozed' AND (
        a.snoozed_until <= %(as_of)s
        OR a.snoozed_until IS NULL AND EXISTS (
            SELECT FROM survey_response AS r
            WHERE r.tenant_id = a.tenant_id AND r.episode_id = a.episode_id AND r.received_at > a.state_changed_at
        )
    )
    RETURNING a.id, a.tenant_id, a.patient_id
)
INSERT INTO alert_event (id, tenant_id, patient_id, alert_id, from_state, to_state)
SELECT gen_random_uuid(), tenant_id, patient_id, id, 'snoozed', 'open'
FROM woken
