-- The only doors through the tenant wall. Each runs as po_owner (row-level security is enabled, not forced,
-- so the owner sees every tenant), has a fixed search_path, answers one narrow question, and is listed in
-- tests/care/test_wall.py. Nothing else may be SECURITY DEFINER.

-- The earlier migrations read this file too, before the later ones have made every table that it names.
SET LOCAL check_function_bodies = off;

-- One row per membership of the account that signs in with this address (lower case).
CREATE OR REPLACE FUNCTION find_login(login_email text)
RETURNS TABLE (
    account_id uuid, password_hash text, membership_id uuid, role text,
    tenant_id uuid, tenant_name text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT a.id, a.password_hash, m.id, m.role, t.id, t.name
    FROM account a
    JOIN membership m ON m.account_id = a.id AND m.ended_at IS NULL
    JOIN tenant t ON t.id = m.tenant_id
    WHERE a.email = login_email AND a.disabled_at IS NULL
    ORDER BY t.name, m.role
$$;

-- One row: the session that carries this token, with all that says who is looking. Ended, expired and
-- idle sessions are returned too, so that the caller can say why.
CREATE OR REPLACE FUNCTION session_by_token(hash bytea)
RETURNS TABLE (
    session_id uuid, created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz,
    ended_at timestamptz, ended_reason text,
    tenant_id uuid, tenant_name text, is_demo boolean, zone text,
    account_id uuid, display_name text, membership_id uuid, role text, all_clinics boolean, clinics uuid[],
    may_sign_in boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT s.id, s.created_at, s.last_seen_at, s.expires_at, s.ended_at, s.ended_reason,
           t.id, t.name, t.is_demo, t.zone,
           a.id, a.display_name, m.id, m.role, m.all_clinics,
           ARRAY(
               SELECT c.clinic_id FROM membership_clinic c
               WHERE c.tenant_id = m.tenant_id AND c.membership_id = m.id AND c.ended_at IS NULL
               ORDER BY c.clinic_id
           ),
           m.ended_at IS NULL AND a.disabled_at IS NULL
    FROM sign_in_session s
    JOIN membership m ON m.tenant_id = s.tenant_id AND m.id = s.membership_id
    JOIN account a ON a.id = m.account_id
    JOIN tenant t ON t.id = s.tenant_id
    WHERE s.token_hash = hash
$$;

-- One row per tenant whose lake has something to do: rows that have become visible since its last run,
-- a run not delivered yet, or a judgement that time alone has changed.
CREATE OR REPLACE FUNCTION tenants_due(as_of timestamptz)
RETURNS TABLE (tenant_id uuid, why text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT l.tenant_id,
           CASE
               WHEN l.read_snapshot IS NULL THEN 'never read'
               WHEN l.read_cluster <> (SELECT system_identifier::text FROM pg_control_system()) THEN 'another server'
               WHEN l.dirty THEN 'not delivered'
               WHEN l.next_due_at <= as_of THEN 'time has passed'
               ELSE 'changed rows'
           END
    FROM tenant_lake l
    WHERE l.read_snapshot IS NULL
       OR l.read_cluster <> (SELECT system_identifier::text FROM pg_control_system())
       OR l.dirty
       OR l.next_due_at <= as_of
       OR has_news(l.tenant_id, l.read_snapshot::pg_snapshot)
    ORDER BY l.tenant_id
$$;

-- One row: the patient's link, or the browser session it opened, that carries this secret. Who it belongs to and
-- nothing else; the rest is read inside that person's wall.
CREATE OR REPLACE FUNCTION find_link(hash bytea)
RETURNS TABLE (link_id uuid, tenant_id uuid, patient_id uuid, is_session boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT l.id, l.tenant_id, l.patient_id, l.session_hash IS NOT DISTINCT FROM hash
    FROM survey_link l
    WHERE l.token_hash = hash OR l.session_hash = hash
$$;

-- One row per tenant in which a step may have fallen due or a survey's window has closed.
CREATE OR REPLACE FUNCTION tenants_to_tick(as_of timestamptz)
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT t.id
    FROM tenant t
    WHERE EXISTS (
        SELECT FROM enrollment e
        WHERE e.tenant_id = t.id AND e.state = 'active' AND (e.wake_at IS NULL OR e.wake_at <= as_of)
    ) OR EXISTS (
        SELECT FROM survey_assignment a
        WHERE a.tenant_id = t.id AND a.state = 'open' AND a.expires_at <= as_of
    )
    ORDER BY t.id
$$;

-- Tenants with an alert past its due time that nobody was told of. Ids and nothing else.
CREATE OR REPLACE FUNCTION tenants_to_escalate(as_of timestamptz)
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT t.id
    FROM tenant t
    WHERE EXISTS (
        SELECT FROM alert a
        WHERE a.tenant_id = t.id AND a.due_at <= as_of
          AND a.state IN ('open', 'acknowledged') AND a.escalated_at IS NULL
    )
    ORDER BY t.id
$$;

-- The number of rows of the transaction's tenant that carried a stamp of another server, stamped anew. Transaction
-- ids start anew in a restored dump: a row stamped "ahead" of this server would be news in every run until the
-- server has caught up. po_app may not touch answers and histories, and this changes nothing but their stamps.
CREATE OR REPLACE FUNCTION restamp_rows_of_another_server() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    ahead xid8 := pg_snapshot_xmax(pg_current_snapshot());
    source text;
    changed bigint;
    total bigint := 0;
BEGIN
    FOREACH source IN ARRAY ARRAY[
        'clinic', 'patient', 'episode', 'enrollment_event', 'survey_assignment', 'survey_response', 'message',
        'exercise_prescription', 'exercise_session', 'alert', 'alert_event', 'import_rejection',
        'rescoring', 'definition', 'tenant_setting'
    ] LOOP
        -- The trigger stamps every row that is updated.
        EXECUTE format(
            -- a definition without a tenant is the library's
            'UPDATE %I SET changed_xact = changed_xact '
            'WHERE (tenant_id = $1 OR tenant_id IS NULL) AND changed_xact >= $2', source
        ) USING tenant, ahead;
        GET DIAGNOSTICS changed = ROW_COUNT;
        total := total + changed;
    END LOOP;
    RETURN total;
END $$;

-- Nothing: it refreshes what the planner knows of the big tables. A tenant that came after the last ANALYZE is taken
-- for one row; the first reading of 44,000 imported patients beside three known tenants did not end in ten minutes.
-- The server does it by itself within minutes, a first run comes within seconds.
CREATE OR REPLACE FUNCTION refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    ANALYZE clinic, patient, episode, enrollment, enrollment_event, survey_assignment, survey_response, message,
        exercise_prescription, exercise_session, track, alert, alert_event;
END $$;

-- One row per stratum of which at least three other tenants have published sums, none of them with more than 60 % of
-- the patients: those sums added up, number by number. A tenant that does not share gives nothing and gets nothing.
CREATE OR REPLACE FUNCTION network_statistic()
RETURNS TABLE (
    condition text, stratum text, index_kind text, instrument text, scale text, method text,
    tenants bigint, patients bigint, total jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH sharing AS (
        SELECT t.id
        FROM tenant t
        WHERE coalesce((
            SELECT s.value <> 'false'::jsonb
            FROM tenant_setting s
            WHERE s.tenant_id = t.id AND s.name = 'shares_statistics'
            ORDER BY s.chosen_at DESC
            LIMIT 1
        ), true)
    ),
    other AS (
        SELECT n.*
        FROM network_statistic n
        JOIN sharing s ON s.id = n.tenant_id
        JOIN sharing me ON me.id = nullif(current_setting('app.tenant_id', true), '')::uuid
        WHERE n.tenant_id <> me.id
    ),
    served AS (
        SELECT o.condition, o.stratum, o.index_kind, o.instrument, o.scale, o.method,
               count(*) AS tenants, sum(o.patients) AS patients
        FROM other o
        GROUP BY o.condition, o.stratum, o.index_kind, o.instrument, o.scale, o.method
        HAVING count(*) >= 3 AND max(o.patients) <= 0.6 * sum(o.patients)
    ),
    added AS (
        SELECT o.condition, o.stratum, o.index_kind, o.instrument, o.scale, o.method, v.place,
               sum(v.number::float8) AS number
        FROM other o, jsonb_array_elements_text(o.payload) WITH ORDINALITY AS v (number, place)
        GROUP BY o.condition, o.stratum, o.index_kind, o.instrument, o.scale, o.method, v.place
    )
    SELECT s.condition, s.stratum, s.index_kind, s.instrument, s.scale, s.method, s.tenants, s.patients,
           jsonb_agg(a.number ORDER BY a.place)
    FROM served s
    JOIN added a USING (condition, stratum, index_kind, instrument, scale, method)
    GROUP BY s.condition, s.stratum, s.index_kind, s.instrument, s.scale, s.method, s.tenants, s.patients
    ORDER BY s.condition, s.stratum, s.index_kind, s.instrument, s.scale, s.method
$$;
