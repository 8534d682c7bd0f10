-- Curves that learn: what a stratum's expected course is made of, and what a judgement rests on.

-- The sums a curve is fitted from, and the curve (JSON of scoring.recovery_store and scoring.recovery_stratum): of the
-- row with fold_left_out = -1; null elsewhere, and in `curve` where there is none yet. `band` is what judges a
-- registry's rows: of the folds only.
ALTER TABLE lake.curve_statistic ADD COLUMN sums VARCHAR;
ALTER TABLE lake.curve_statistic ADD COLUMN curve VARCHAR;

ALTER TABLE lake.track_history ADD COLUMN below_next DOUBLE;      -- share below among patients with the same earlier answers
ALTER TABLE lake.track_history ADD COLUMN expected_next DOUBLE;   -- what those answers let expect, points
ALTER TABLE lake.track_history ADD COLUMN off_share DOUBLE;       -- an answer as rare as this is off expected
ALTER TABLE lake.track_history ADD COLUMN off_tests VARCHAR;      -- which test fired: sudden, slow, sudden and slow
ALTER TABLE lake.track_history ADD COLUMN shape VARCHAR;          -- slow start, plateau, late dip, relapse
ALTER TABLE lake.track_history ADD COLUMN goal_title VARCHAR;
ALTER TABLE lake.track_history ADD COLUMN goal_day INTEGER;
ALTER TABLE lake.track_history ADD COLUMN goal_chance DOUBLE;
ALTER TABLE lake.track_history ADD COLUMN goal_missed DOUBLE;     -- share of earlier low chances that came true
ALTER TABLE lake.track_history ADD COLUMN goal_flagged INTEGER;   -- of so many
ALTER TABLE lake.track_history ADD COLUMN mix_own DOUBLE;         -- shares of the expectation: the clinic's patients,
ALTER TABLE lake.track_history ADD COLUMN mix_network DOUBLE;     -- other clinics',
ALTER TABLE lake.track_history ADD COLUMN mix_literature DOUBLE;  -- published courses
ALTER TABLE lake.track_history ADD COLUMN parts VARCHAR;          -- JSON [[words, points], …] that add up to p50

DROP VIEW lake.track;

-- Where every course stands: one row per episode, instrument and scale.
CREATE VIEW lake.track AS
SELECT * FROM lake.track_history
QUALIFY row_number() OVER (PARTITION BY episode_id, instrument, scale ORDER BY snapshot DESC) = 1;

-- One row per publication of a stratum's sums to the network; care's network_statistic holds the newest.
CREATE TABLE lake.network_cell (
    condition VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    index_kind VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    publication INTEGER NOT NULL,     -- 1, 2, … of this stratum
    method VARCHAR NOT NULL,
    patients INTEGER NOT NULL,
    payload VARCHAR NOT NULL,         -- JSON numbers of scoring.recovery_publish; no row of anybody
    published_at TIMESTAMPTZ NOT NULL,
    snapshot BIGINT NOT NULL
);

-- One row per publication and patient behind it: to tell how many have changed since; never leaves the lake.
CREATE TABLE lake.network_source (
    condition VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    index_kind VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    publication INTEGER NOT NULL,
    patient_key UUID NOT NULL,
    fingerprint VARCHAR NOT NULL      -- hash of the patient's rows at that time
);
