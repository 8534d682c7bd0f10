-- What the tenant's lake has told, and when time alone will change a judgement.
UPDATE tenant_lake SET
    dirty = false,
    delivered_snapshot = %(snapshot)s,
    read_snapshot = %(watermark)s,
    read_cluster = %(cluster)s,
    data_as_of = %(as_of)s,
    last_error = NULL,
    next_due_at = least(
        (SELECT min(t.valid_until) FROM track AS t),
        (SELECT min(a.snoozed_until) FROM alert AS a WHERE a.state = 'snoozed')
    )
