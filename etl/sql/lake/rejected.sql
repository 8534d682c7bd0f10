-- What this run has quarantined and no run before it.
INSERT INTO lake.rejected BY NAME
SELECT DISTINCT n.*, $as_of AS rejected_at, $snapshot AS snapshot
FROM new_rejected AS n
WHERE NOT EXISTS (
    FROM lake.rejected AS r
    WHERE (r.source, r.source_key, r.rule, r.field) = (n.source, n.source_key, n.rule, n.field)
)
