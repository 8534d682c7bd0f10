-- The network cell by cell: of which patients each cell has been told, and what the others' sums were when last asked.

-- Publications of the older form counted answers; all are told anew.
DELETE FROM lake.network_cell;

DROP TABLE lake.network_source;

-- One row per cell, patient and telling: to tell how many have come, gone or changed since; never leaves the lake.
CREATE TABLE lake.network_source (
    condition VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    index_kind VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    cell VARCHAR NOT NULL,            -- of scoring.recovery_cells
    patient_key UUID NOT NULL,
    fingerprint VARCHAR NOT NULL,     -- SHA-256 of what the cell has read of the patient
    told_from INTEGER NOT NULL,       -- the publication (lake.network_cell) in which it was first part of the cell …
    told_until INTEGER                -- … and the one that told the cell anew; null: still part of it
);

-- One row at most: when the network was last asked.
CREATE TABLE lake.network_hearing (
    news VARCHAR NOT NULL,            -- care's network_news() then
    heard_at TIMESTAMPTZ NOT NULL
);

-- One row per stratum of which the network had something to say then.
CREATE TABLE lake.network_heard (
    condition VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    index_kind VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    total VARCHAR NOT NULL            -- JSON {cell: numbers}, sums of three other tenants or more
);
