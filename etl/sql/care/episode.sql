-- One row per episode that has changed, or whose patient has (the zone is the patient's).
SELECT
    e.id AS episode_id,
    p.lake_key AS patient_key,
    e.clinic_id,
    e.condition,
    e.stratum,
    e.side,
    e.index_kind,
    e.index_date,
    e.index_precision,
    e.index_status,
    e.state,
    e.is_historical,
    coalesce(p.zone, t.zone) AS zone,
    e.opened_at,
    e.closed_at
FROM episode AS e
JOIN patient AS p ON p.tenant_id = e.tenant_id AND p.id = e.patient_id
JOIN tenant AS t ON t.id = e.tenant_id
WHERE e.id IN (
    SELECT c.id FROM episode AS c WHERE changed(c)
    UNION
    SELECT o.id
    FROM patient AS c
    JOIN episode AS o ON o.tenant_id = c.tenant_id AND o.patient_id = c.id
    WHERE changed(c)
)
