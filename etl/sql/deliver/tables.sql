CREATE TEMPORARY TABLE IF NOT EXISTS new_track (
    episode_id uuid, instrument text, scale text, headline boolean, status text, rank integer, reasons jsonb,
    reason text, since date, response_id uuid, score float8, day integer, expected jsonb, band jsonb,
    judged_as_of timestamptz, valid_until timestamptz
) ON COMMIT DELETE ROWS;

CREATE TEMPORARY TABLE IF NOT EXISTS new_flag (
    episode_id uuid, rule text, trigger text, status text, instrument text, scale text, reason text, evidence jsonb,
    response_id uuid, flagged_at timestamptz
) ON COMMIT DELETE ROWS;

CREATE TEMPORARY TABLE IF NOT EXISTS new_network (
    condition text, stratum text, index_kind text, instrument text, scale text, method text, patients integer,
    payload jsonb, published_at timestamptz
) ON COMMIT DELETE ROWS
