-- One row per operation read from the file, or made of one as a live copy.
CREATE TEMP TABLE import_row (
    place integer GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL,
    sha256 text NOT NULL,
    provider text NOT NULL,
    condition text NOT NULL,
    instrument text NOT NULL,
    stratum text NOT NULL,
    age_band text,
    sex text NOT NULL,
    covariates jsonb NOT NULL,
    before_answers jsonb,
    before_claimed jsonb,
    after_answers jsonb,
    after_claimed jsonb,
    is_live boolean NOT NULL,
    index_date date NOT NULL,
    before_at timestamptz NOT NULL,
    after_date date NOT NULL,
    after_at timestamptz NOT NULL,
    patient_id uuid NOT NULL,
    episode_id uuid NOT NULL,
    before_id uuid NOT NULL,
    after_id uuid NOT NULL,
    before_asked_id uuid NOT NULL,
    after_asked_id uuid NOT NULL
) ON COMMIT DROP;

CREATE TEMP TABLE import_refused (
    id uuid NOT NULL,
    source_key text NOT NULL,
    file_name text NOT NULL,
    line integer NOT NULL,
    rule text NOT NULL,
    field text NOT NULL,
    value text NOT NULL
) ON COMMIT DROP;

CREATE TEMP TABLE live_row ON COMMIT DROP AS
SELECT
    key, is_live, index_date, before_at, after_date, after_at,
    patient_id, episode_id, before_id, after_id, before_asked_id, after_asked_id
FROM import_row
WITH NO DATA;
