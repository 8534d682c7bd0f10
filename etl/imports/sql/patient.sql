-- One row per operation: the files do not say which two are of one person.
INSERT INTO patient (id, tenant_id, clinic_id, lake_key, age_band, sex, language, source_key)
SELECT r.patient_id, %(tenant_id)s, c.id, gen_random_uuid(), r.age_band, r.sex, 'en', r.key
FROM import_row AS r
JOIN clinic AS c ON c.code = r.provider
WHERE r.place BETWEEN %(first)s AND %(last)s
