-- One row per stratum whose sums were published since the last delivery, the newest ones; read from the lake.
SELECT condition, stratum, index_kind, instrument, scale, method, patients, payload, published_at
FROM lake.network_cell
WHERE snapshot > $delivered
QUALIFY row_number() OVER (
    PARTITION BY condition, stratum, index_kind, instrument, scale ORDER BY publication DESC
) = 1
