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
