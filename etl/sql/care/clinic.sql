-- One row per clinic that has changed.
SELECT c.id AS clinic_id, c.code, c.name
FROM clinic AS c
WHERE changed(c)
