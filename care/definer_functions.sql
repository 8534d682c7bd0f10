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

-- The tenants that are part of the network: all that have not chosen otherwise, but for demonstrations. No door: whoever
-- asks for it by itself sees its own tenant or nothing.
CREATE OR REPLACE FUNCTION sharing_tenants() RETURNS SETOF uuid
LANGUAGE sql STABLE
AS $$
    SELECT t.id
    FROM tenant t
    WHERE NOT t.is_demo AND coalesce((
        SELECT s.value <> 'false'::jsonb
        FROM tenant_setting s
        WHERE s.tenant_id = t.id AND s.name = 'shares_statistics'
        ORDER BY s.chosen_at DESC, s.id DESC
        LIMIT 1
    ), true)
$$;

-- One row per stratum, with the cells that at least three other tenants have published, none of them with more than
-- 60 % of a cell's patients: cell by cell added up, number by number. A tenant that does not share gives nothing and
-- gets nothing. `total`: {"cell": [patients, number, …], …}. What a payload may hold is a constraint of the table; a cell
-- of fewer than 20 or with a number that is none is left out here again. 100 tenants with 10 strata: 3 s.
CREATE OR REPLACE FUNCTION network_statistic()
RETURNS TABLE (
    condition text, stratum text, index_kind text, instrument text, scale text, method text,
    tenants bigint, patients bigint, total jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH me AS (
        SELECT nullif(current_setting('app.tenant_id', true), '')::uuid AS id
        WHERE nullif(current_setting('app.patient_id', true), '') IS NULL
    ),
    sharing AS MATERIALIZED (
        SELECT t.id FROM sharing_tenants() AS t (id)
    ),
    told AS MATERIALIZED (
        SELECT dense_rank() OVER (
                   ORDER BY n.condition, n.stratum, n.index_kind, n.instrument, n.scale, n.method, c.cell
               ) AS number,
               n.condition, n.stratum, n.index_kind, n.instrument, n.scale, n.method, c.cell, c.numbers,
               (c.numbers ->> 0)::numeric AS patients
        FROM network_statistic n, jsonb_each(n.payload) AS c (cell, numbers)
        WHERE n.tenant_id IN (SELECT id FROM sharing)
            AND n.tenant_id <> (SELECT id FROM me)
            AND EXISTS (SELECT FROM sharing JOIN me USING (id))
    ),
    served AS (
        SELECT t.number, t.condition, t.stratum, t.index_kind, t.instrument, t.scale, t.method, t.cell,
               count(*) AS tenants, sum(t.patients) AS patients
        FROM told t
        GROUP BY t.number, t.condition, t.stratum, t.index_kind, t.instrument, t.scale, t.method, t.cell
        HAVING count(*) >= 3
            AND min(t.patients) >= 20
            AND max(t.patients) <= 0.6 * sum(t.patients)
            AND min(jsonb_array_length(t.numbers)) = max(jsonb_array_length(t.numbers))
    ),
    added AS (
        SELECT t.number, v.place, sum(v.value::float8) AS total,
               bool_and(coalesce(abs(v.value::float8) < 1e12, false)) AS sound
        FROM told t, jsonb_array_elements_text(t.numbers) WITH ORDINALITY AS v (value, place)
        WHERE t.number IN (SELECT number FROM served)
        GROUP BY t.number, v.place
    ),
    summed AS (
        SELECT a.number, jsonb_agg(a.total ORDER BY a.place) AS numbers
        FROM added a
        GROUP BY a.number
        HAVING bool_and(a.sound)
    )
    SELECT s.condition, s.stratum, s.index_kind, s.instrument, s.scale, s.method,
           max(s.tenants), max(s.patients)::bigint, jsonb_object_agg(s.cell, m.numbers)
    FROM served s
    JOIN summed m USING (number)
    GROUP BY s.condition, s.stratum, s.index_kind, s.instrument, s.scale, s.method
    ORDER BY s.condition, s.stratum, s.index_kind, s.instrument, s.scale, s.method
$$;

-- One text that is another when what network_statistic() is made of has changed; null when it serves nothing at all.
-- It is asked in every run, where adding up would take too long.
CREATE OR REPLACE FUNCTION network_news() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH me AS (
        SELECT nullif(current_setting('app.tenant_id', true), '')::uuid AS id
    ),
    sharing AS MATERIALIZED (
        SELECT t.id FROM sharing_tenants() AS t (id)
    )
    SELECT md5(string_agg(n.id::text || extract(epoch FROM n.published_at), ' ' ORDER BY n.id))
    FROM network_statistic n
    WHERE n.tenant_id IN (SELECT id FROM sharing)
        AND n.tenant_id <> (SELECT id FROM me)
        AND EXISTS (SELECT FROM sharing JOIN me USING (id))
$$;
