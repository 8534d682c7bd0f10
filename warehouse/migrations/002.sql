-- Scores that say under which definition and from how much they were computed; answers with decimals.

-- A visual analogue scale is answered to a tenth: whole numbers do not hold it. Codes of absence stay negative.
ALTER TABLE lake.response ALTER COLUMN answers TYPE DOUBLE[];

-- lake.score holds what counts: `instrument` is what was asked, `definition` what it was scored by; they differ after
-- a recompute under another version. Scores of an older lake have neither column filled: the run that follows this
-- migration computes them anew.
ALTER TABLE lake.score ADD COLUMN definition VARCHAR;      -- key@version
ALTER TABLE lake.score ADD COLUMN skipped SMALLINT;        -- why the items that were not answered were not
ALTER TABLE lake.score ADD COLUMN not_asked SMALLINT;
ALTER TABLE lake.score ADD COLUMN not_applicable SMALLINT;
ALTER TABLE lake.score ADD COLUMN unreadable SMALLINT;

-- One row per response, scale and definition that does not count: the scores a recompute has replaced.
CREATE TABLE lake.kept_score (
    response_id UUID NOT NULL,
    episode_id UUID NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    day INTEGER NOT NULL,
    value DOUBLE,
    answered SMALLINT NOT NULL,
    items SMALLINT NOT NULL,
    method VARCHAR,
    se DOUBLE,
    skipped SMALLINT,
    not_asked SMALLINT,
    not_applicable SMALLINT,
    unreadable SMALLINT
);
