-- Watching whether the expectation holds: what a randomised PIT needs, and every fit of a curve with its reason.

ALTER TABLE lake.track_history ADD COLUMN "equal" DOUBLE;         -- share with the same score; half of it is in `below`

DROP VIEW lake.track;

-- Where every course stands: one row per episode, instrument and scale.
CREATE VIEW lake.track AS
SELECT * FROM lake.track_history
QUALIFY row_number() OVER (PARTITION BY episode_id, instrument, scale ORDER BY snapshot DESC) = 1;

-- One row per fit of a stratum and scale; lake.curve_statistic has the newest curve itself.
CREATE TABLE lake.curve_fit (
    condition VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    index_kind VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    n INTEGER NOT NULL,               -- own patients behind the curve; 0: no curve yet, or a published one
    why VARCHAR NOT NULL,             -- first, learned (closed episodes have changed), drift, asked (by a manager)
    counts BOOLEAN NOT NULL,          -- the count of the drift begins anew here
    shift DOUBLE NOT NULL,            -- standing correction of the middle, in SDs (0: none) …
    spread DOUBLE NOT NULL,           -- … and of the range's width (1: none)
    answers INTEGER NOT NULL,         -- what this fit's own correction was learnt from; 0: it made none
    fitted_at TIMESTAMPTZ NOT NULL,
    snapshot BIGINT NOT NULL
);
