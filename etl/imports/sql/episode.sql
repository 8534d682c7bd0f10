-- One row per operation; a live copy is an episode under care, dated to the day.
INSERT INTO episode (
    id, tenant_id, patient_id, clinic_id, condition, stratum, side, index_kind, index_date, index_precision,
    index_status, state, is_historical, covariates, source_key, opened_at, closed_at
)
SELECT
    r.episode_id, %(tenant_id)s, r.patient_id, c.id, r.condition, r.stratum, 'none', 'surgery', r.index_date,
    CASE WHEN r.is_live THEN 'day' ELSE 'year' END,
    'actual',
    CASE WHEN r.is_live THEN 'open' ELSE 'closed' END,
    NOT r.is_live,
    r.covariates,
    r.key,
    r.before_at,
    CASE WHEN NOT r.is_live THEN r.after_at END
FROM import_row AS r
JOIN clinic AS c ON c.code = r.provider
WHERE r.place BETWEEN %(first)s AND %(last)s
