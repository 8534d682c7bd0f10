-- One row per patient that has changed; of the birth date only the year leaves.
SELECT
    p.lake_key AS patient_key,
    p.clinic_id,
    extract(YEAR FROM p.birth_date)::integer AS birth_year,
    p.age_band,
    p.sex
FROM patient AS p
WHERE changed(p)
