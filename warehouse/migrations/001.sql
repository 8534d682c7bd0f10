-- The tables of one tenant's lake. Run by warehouse/migrate.py with the lake attached as `lake`.
--
-- No direct identifier and no free text: no name, contact, address, full birth date, note or message body.
-- tests/warehouse/test_allowed_columns.py compares every column with an allow-list.
-- Episodes, responses, assignments, messages and alerts keep the operational store's ids; a patient does not:
-- patient_key is random and only care can lead from it to a person.
-- `day` is always local date minus the episode's index date; day 0 is the index date.
-- `snapshot` is the lake snapshot that wrote the row: what has been delivered is counted by it.

-- One row per migration applied.
CREATE TABLE lake.lake_version (version INTEGER NOT NULL, applied_at TIMESTAMPTZ NOT NULL);

-- One row per clinic of the tenant.
CREATE TABLE lake.clinic (clinic_id UUID NOT NULL, code VARCHAR NOT NULL, name VARCHAR NOT NULL);

-- One row per patient; birth_year or age_band, whichever the source gives.
CREATE TABLE lake.patient (
    patient_key UUID NOT NULL,
    clinic_id UUID NOT NULL,
    birth_year INTEGER,
    age_band VARCHAR,
    sex VARCHAR NOT NULL
);

-- One row per episode of care.
CREATE TABLE lake.episode (
    episode_id UUID NOT NULL,
    patient_key UUID NOT NULL,
    clinic_id UUID NOT NULL,
    condition VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    side VARCHAR NOT NULL,
    index_kind VARCHAR NOT NULL,
    index_date DATE NOT NULL,
    index_precision VARCHAR NOT NULL,
    index_status VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    is_historical BOOLEAN NOT NULL,
    zone VARCHAR NOT NULL,            -- IANA, the patient's own or the tenant's; to ask Python for a local date
    opened_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ
);

-- One row per episode and covariate; exactly one of number and text is set.
CREATE TABLE lake.covariate (episode_id UUID NOT NULL, name VARCHAR NOT NULL, number DOUBLE, text VARCHAR);

-- One row per change of an enrollment's state.
CREATE TABLE lake.enrollment_event (
    event_id UUID NOT NULL,
    enrollment_id UUID NOT NULL,
    episode_id UUID NOT NULL,
    pathway VARCHAR NOT NULL,         -- key@version
    from_state VARCHAR,
    to_state VARCHAR NOT NULL,
    happened_at TIMESTAMPTZ NOT NULL
);

-- One row per survey asked: the denominator of every response rate.
CREATE TABLE lake.assignment (
    assignment_id UUID NOT NULL,
    episode_id UUID NOT NULL,
    enrollment_id UUID,               -- null: asked by a registry
    step VARCHAR NOT NULL,
    occurrence INTEGER NOT NULL,
    instrument VARCHAR NOT NULL,      -- key@version
    due_date DATE NOT NULL,
    day INTEGER NOT NULL,             -- of due_date
    sent_at TIMESTAMPTZ,
    due_at TIMESTAMPTZ NOT NULL,
    overdue_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    state VARCHAR NOT NULL,           -- open, answered, partial, expired, cancelled
    response_id UUID,
    answered_at TIMESTAMPTZ           -- completed_at of that response
);

-- One row per filled-in questionnaire.
CREATE TABLE lake.response (
    response_id UUID NOT NULL,
    episode_id UUID NOT NULL,
    instrument VARCHAR NOT NULL,      -- key@version
    local_date DATE NOT NULL,
    day INTEGER NOT NULL,
    completed_at TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    entry_mode VARCHAR NOT NULL,      -- web, staff, phone, paper, import
    is_proxy BOOLEAN NOT NULL,
    wording VARCHAR NOT NULL,         -- official, demo
    language VARCHAR NOT NULL,
    completeness VARCHAR NOT NULL,    -- complete, partial
    answers SMALLINT[] NOT NULL,      -- in the order of lake.item; negative = absent, see scoring/absence.py
    claimed_scores VARCHAR,           -- JSON, scale -> what the source says; shown beside ours, never used
    replaces_id UUID,
    -- The response that stands instead of this one: its correction, or a later one of the same day.
    superseded_by UUID,
    -- Enters curves, managers' numbers and exports: not superseded, and worded officially unless in a demonstration.
    counts BOOLEAN NOT NULL,
    -- The episode's baseline of this instrument: nearest to day 0 inside the window, kept once chosen.
    is_baseline BOOLEAN NOT NULL
);

-- One row per item of an instrument; position counts from 1 and leads into response.answers.
CREATE TABLE lake.item (instrument VARCHAR NOT NULL, position INTEGER NOT NULL, item VARCHAR NOT NULL);

-- One row per response and item; value is negative where the answer is absent.
CREATE VIEW lake.answer AS
SELECT a.response_id, a.episode_id, a.instrument, a.day, i.item, a.position, a.value
FROM (
    SELECT
        response_id, episode_id, instrument, day,
        unnest(answers) AS value,
        generate_subscripts(answers, 1) AS position
    FROM lake.response
) AS a
JOIN lake.item AS i ON i.instrument = a.instrument AND i.position = a.position;

-- One row per response and scale; value null = not scorable (too many answers absent).
CREATE TABLE lake.score (
    response_id UUID NOT NULL,
    episode_id UUID NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    day INTEGER NOT NULL,
    value DOUBLE,
    answered SMALLINT NOT NULL,       -- items answered, of …
    items SMALLINT NOT NULL,          -- … the items the scale has
    method VARCHAR,                   -- how absent answers were treated
    se DOUBLE                         -- standard error where the instrument has one
);

-- One row per message; the text stays in care.
CREATE TABLE lake.message_event (
    message_id UUID NOT NULL,
    patient_key UUID NOT NULL,
    episode_id UUID,
    direction VARCHAR NOT NULL,       -- to_patient, from_patient
    kind VARCHAR NOT NULL,            -- text, reminder, survey, exercise, video
    channel VARCHAR NOT NULL,         -- portal, email, sms, print
    length INTEGER NOT NULL,          -- characters
    sent_at TIMESTAMPTZ NOT NULL,
    delivered_at TIMESTAMPTZ,
    read_at TIMESTAMPTZ,
    replied_at TIMESTAMPTZ            -- of the first reply to it
);

-- One row per episode, exercise and local date on which it was prescribed or reported.
CREATE TABLE lake.exercise_day (
    episode_id UUID NOT NULL,
    exercise VARCHAR NOT NULL,
    local_date DATE NOT NULL,
    day INTEGER NOT NULL,
    prescribed BOOLEAN NOT NULL,
    done BOOLEAN NOT NULL,            -- reported done or partly done
    state VARCHAR,                    -- done, partly, not_today; null = no report, which is not "not done"
    reason VARCHAR,                   -- code: why not today
    pain SMALLINT                     -- 0-10; null = no report
);

-- One row per thing that happened to an alert.
CREATE TABLE lake.alert_event (
    event_id UUID NOT NULL,
    alert_id UUID NOT NULL,
    episode_id UUID NOT NULL,
    rule VARCHAR NOT NULL,
    trigger VARCHAR NOT NULL,
    status VARCHAR NOT NULL,          -- the track status the alert stands for
    raised_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    from_state VARCHAR,
    to_state VARCHAR NOT NULL,        -- open, acknowledged, snoozed, resolved
    happened_at TIMESTAMPTZ NOT NULL,
    membership_id UUID,               -- who; null: the program
    outcome VARCHAR
);

-- One row per change of a track; the latest row of an episode, instrument and scale is where it stands.
CREATE TABLE lake.track_history (
    episode_id UUID NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    headline BOOLEAN NOT NULL,
    status VARCHAR NOT NULL,          -- scoring.track.TrackStatus
    rank INTEGER NOT NULL,            -- 0 is the most urgent
    rule VARCHAR NOT NULL,            -- the leading rule
    reasons VARCHAR[] NOT NULL,       -- every rule that holds
    reason VARCHAR NOT NULL,          -- scoring.reasons.as_read fills its durations
    explanation VARCHAR NOT NULL,
    since DATE NOT NULL,
    response_id UUID,                 -- the judged response; null: none yet
    score DOUBLE,
    day INTEGER,
    baseline DOUBLE,
    p10 DOUBLE, p25 DOUBLE, p50 DOUBLE, p75 DOUBLE, p90 DOUBLE,
    n_similar INTEGER,
    below DOUBLE,                     -- share of similar patients with a lower score
    band VARCHAR,                     -- JSON [[day, p10, p25, p50, p75, p90], …]; null: no curve yet
    judged_as_of TIMESTAMPTZ NOT NULL,
    valid_until TIMESTAMPTZ,
    snapshot BIGINT NOT NULL
);

-- Where every course stands: one row per episode, instrument and scale.
CREATE VIEW lake.track AS
SELECT * FROM lake.track_history
QUALIFY row_number() OVER (PARTITION BY episode_id, instrument, scale ORDER BY snapshot DESC) = 1;

-- One row per episode, rule and trigger, when it was first seen to hold. Historical episodes raise none.
CREATE TABLE lake.flag (
    episode_id UUID NOT NULL,
    rule VARCHAR NOT NULL,
    trigger VARCHAR NOT NULL,         -- response:<id>, assignment:<id> or since:<id>
    status VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL,        -- JSON: the numbers behind the sentence
    response_id UUID,
    flagged_at TIMESTAMPTZ NOT NULL,
    snapshot BIGINT NOT NULL
);

-- One row per fitted band: aggregates only, nobody's row can be read from it.
CREATE TABLE lake.curve_statistic (
    condition VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    index_kind VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    fold_left_out INTEGER NOT NULL,   -- 0-4: fitted without that provider fold; -1: on everybody
    n INTEGER NOT NULL,               -- follow-ups it was fitted on; 0: too few for a curve
    days INTEGER[] NOT NULL,          -- scheduled days that have a fit
    band VARCHAR,                     -- JSON of scoring.recovery_band.RecoveryBand; null: no curve yet
    training VARCHAR NOT NULL,        -- hash of the rows and rules it was fitted by; unchanged = not fitted again
    fitted_at TIMESTAMPTZ NOT NULL,
    snapshot BIGINT NOT NULL
);

-- One row per source row and rule it broke when it was read.
CREATE TABLE lake.rejected (
    source VARCHAR NOT NULL,          -- a table of care, or the name of an import
    source_key VARCHAR NOT NULL,      -- the row's id, or file and line
    rule VARCHAR NOT NULL,
    field VARCHAR NOT NULL,           -- item or column; '' = the whole row
    value VARCHAR,                    -- of an identifier or text column only its length
    rejected_at TIMESTAMPTZ NOT NULL,
    snapshot BIGINT NOT NULL
);

-- One row per run that wrote something.
CREATE TABLE lake.etl_run (
    snapshot BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    as_of TIMESTAMPTZ NOT NULL,       -- the instant it judged as of: "data as of"
    seconds DOUBLE NOT NULL,
    rows_in BIGINT NOT NULL,          -- read from care
    rows_out BIGINT NOT NULL,         -- scores, tracks and flags written
    rejected BIGINT NOT NULL,
    watermark VARCHAR NOT NULL,       -- pg_current_snapshot() it read under …
    cluster VARCHAR NOT NULL          -- … in the server with this system identifier
);
