-- What the tenant tells the network now, in place of what it told before; nothing that cannot be sums of patients'.
INSERT INTO network_statistic (
    id, tenant_id, condition, stratum, index_kind, instrument, scale, method, patients, payload, published_at
)
SELECT
    gen_random_uuid(), nullif(current_setting('app.tenant_id', true), '')::uuid,
    condition, stratum, index_kind, instrument, scale, method, patients, payload, published_at
FROM new_network
WHERE is_network_payload(payload)
ON CONFLICT (tenant_id, condition, stratum, index_kind, instrument, scale) DO UPDATE SET
    method = excluded.method,
    patients = excluded.patients,
    payload = excluded.payload,
    published_at = excluded.published_at
