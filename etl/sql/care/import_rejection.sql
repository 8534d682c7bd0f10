-- One row per line of an import that was refused, and rule it broke.
SELECT r.source, r.file_name || ', line ' || r.line AS source_key, r.rule, r.field, r.value
FROM import_rejection AS r
WHERE changed(r)
