-- One alert per episode, rule and trigger, ever; each with the event of its raising.
-- The owner is who leads the patient's care; without one the alert is the whole team's.
WITH raised AS (
    INSERT INTO alert (
        id, tenant_id, patient_id, episode_id, rule, trigger, status, instrument, scale, reason, evidence,
        response_id, owner_id, raised_at, due_at, state
    )
    SELECT
        gen_random_uuid(), e.tenant_id, e.patient_id, n.episode_id, n.rule, n.trigger, n.status, n.instrument,
        n.scale, n.reason, n.evidence, n.response_id, c.membership_id, n.flagged_at,
        n.flagged_at + make_interval(hours => (%(hours)s::jsonb ->> n.status)::integer), 'open'
    FROM new_flag AS n
    JOIN episode AS e ON e.id = n.episode_id
    LEFT JOIN LATERAL (
        SELECT m.membership_id
        FROM care_team_member AS m
        WHERE m.tenant_id = e.tenant_id AND m.patient_id = e.patient_id AND m.is_lead AND m.ended_at IS NULL
        ORDER BY m.membership_id
        LIMIT 1
    ) AS c ON true
    WHERE e.state = 'open' AND NOT e.is_historical
    ON CONFLICT (tenant_id, episode_id, rule, trigger) DO NOTHING
    RETURNING id, tenant_id, patient_id, raised_at
)
INSERT INTO alert_event (id, tenant_id, patient_id, alert_id, from_state, to_state, at)
SELECT gen_random_uuid(), tenant_id, patient_id, id, NULL, 'open', raised_at
FROM raised
