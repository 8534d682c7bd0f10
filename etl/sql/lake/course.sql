-- One row per judged episode, instrument and scale: what scoring.track.judge asks, but for the band.
WITH chosen AS (
    SELECT e.*, CAST(z.today AS DATE) AS today, z.next_midnight, c.code AS clinic_code
    FROM lake.episode AS e
    JOIN lake.clinic AS c USING (clinic_id)
    JOIN zone_now AS z USING (zone)
    WHERE e.episode_id IN (SELECT episode_id FROM judged_episode)
),
enrolled AS (
    SELECT
        episode_id,
        arg_max(enrollment_id, happened_at) AS enrollment_id,
        arg_max(pathway, happened_at) AS pathway,
        split_part(arg_min(pathway, happened_at), '@', 1) AS first_pathway,
        arg_max(to_state, happened_at) IN ('active', 'paused') AS is_running
    FROM lake.enrollment_event
    WHERE episode_id IN (SELECT episode_id FROM judged_episode)
    GROUP BY episode_id
),
answered AS (
    SELECT *
    FROM lake.response
    WHERE superseded_by IS NULL AND episode_id IN (SELECT episode_id FROM judged_episode)
),
asked AS (
    SELECT *
    FROM lake.assignment
    WHERE episode_id IN (SELECT episode_id FROM judged_episode)
),
followed AS (
    SELECT episode_id, instrument FROM asked
    UNION
    SELECT episode_id, instrument FROM answered
    UNION
    SELECT n.episode_id, s.instrument FROM enrolled AS n JOIN pathway_survey AS s USING (pathway) WHERE n.is_running
    UNION
    -- a track that stands must be judged again even when nothing asks for its instrument any more
    SELECT episode_id, instrument FROM standing_track
),
scored AS (
    SELECT
        s.episode_id, s.instrument, s.scale, s.response_id, s.value, r.day, r.local_date, r.completed_at, r.is_baseline
    FROM lake.score AS s
    JOIN answered AS r USING (response_id)
    WHERE s.value IS NOT NULL AND s.episode_id IN (SELECT episode_id FROM judged_episode)
),
baseline AS (
    SELECT episode_id, instrument, scale, value AS baseline, day AS baseline_day FROM scored WHERE is_baseline
),
-- the baseline first, then every later answer; without a baseline whatever came after the index date
series AS (
    SELECT
        s.*,
        row_number() OVER (
            PARTITION BY s.episode_id, s.instrument, s.scale ORDER BY s.day DESC, s.completed_at DESC
        ) AS back
    FROM scored AS s
    LEFT JOIN baseline AS b USING (episode_id, instrument, scale)
    WHERE s.is_baseline OR s.day > coalesce(b.baseline_day, 0)
),
latest AS (
    SELECT
        episode_id,
        instrument,
        scale,
        any_value(value) FILTER (back = 1 AND NOT is_baseline) AS score,
        any_value(day) FILTER (back = 1 AND NOT is_baseline) AS day,
        any_value(local_date) FILTER (back = 1 AND NOT is_baseline) AS score_date,
        any_value(response_id) FILTER (back = 1 AND NOT is_baseline) AS response_id,
        any_value(value) FILTER (back = 2) AS previous,
        any_value(value) FILTER (back = 3) AS before_previous
    FROM series
    WHERE back <= 3
    GROUP BY episode_id, instrument, scale
),
-- every follow-up in time order: what the curve updates on; a registry's rows are judged by one answer
visited AS (
    SELECT
        episode_id,
        instrument,
        scale,
        list(CAST(day AS DOUBLE) ORDER BY back DESC) AS visit_days,
        list(value ORDER BY back DESC) AS visit_scores
    FROM series
    WHERE NOT is_baseline AND day > 0 AND episode_id IN (SELECT episode_id FROM chosen WHERE NOT is_historical)
    GROUP BY episode_id, instrument, scale
),
rhythm AS (
    SELECT episode_id, median(gap) AS typical_gap, count(*) + 1 AS answer_days
    FROM (
        SELECT episode_id, local_date - lag(local_date) OVER (PARTITION BY episode_id ORDER BY local_date) AS gap
        FROM (SELECT DISTINCT episode_id, local_date FROM answered)
    )
    WHERE gap IS NOT NULL
    GROUP BY episode_id
),
last_answer AS (
    SELECT
        episode_id,
        max(local_date) AS last_answer_date,
        max(completed_at) AS last_answer_at,
        -- of questionnaires sent together always the same one: a silence's trigger must not change from run to run
        arg_max(response_id, (completed_at, response_id)) AS last_response_id
    FROM answered
    GROUP BY episode_id
),
-- one survey = all instruments asked together
survey AS (
    SELECT
        episode_id,
        step,
        occurrence,
        min(due_date) AS due_date,
        max(expires_at) AS expires_at,
        bool_and(state IN ('open', 'expired')) AS is_unanswered
    FROM asked
    WHERE state <> 'cancelled'
    GROUP BY episode_id, enrollment_id, step, occurrence
),
unanswered AS (
    SELECT
        s.episode_id,
        count(*) FILTER (
            s.expires_at <= $as_of AND s.expires_at > coalesce(a.last_answer_at, TIMESTAMPTZ '-infinity')
        ) AS expired_in_row,
        min(s.due_date) FILTER (
            s.expires_at <= $as_of AND s.expires_at > coalesce(a.last_answer_at, TIMESTAMPTZ '-infinity')
        ) AS first_missed_date,
        min(s.expires_at) FILTER (s.expires_at > $as_of) AS next_expiry_at
    FROM survey AS s
    LEFT JOIN last_answer AS a USING (episode_id)
    WHERE s.is_unanswered
    GROUP BY s.episode_id
),
-- a plan that asks more seldom by and by breaks the rhythm of its first weeks by itself: that is not the patient
usual AS (
    SELECT h.episode_id, greatest(h.typical_gap, u.first_missed_date - a.last_answer_date) AS usual_gap
    FROM rhythm AS h
    JOIN last_answer AS a USING (episode_id)
    LEFT JOIN unanswered AS u USING (episode_id)
    WHERE h.answer_days >= $rhythm_from
),
next_due AS (
    SELECT episode_id, min(due_date) AS next_due_date
    FROM (
        SELECT a.episode_id, a.due_date
        FROM asked AS a
        JOIN chosen AS c USING (episode_id)
        WHERE a.state = 'open' AND a.due_date > c.today
        UNION ALL
        SELECT c.episode_id, c.index_date + p.day
        FROM chosen AS c
        JOIN enrolled AS n USING (episode_id)
        JOIN pathway_survey AS p USING (pathway)
        WHERE n.is_running AND c.index_date + p.day > c.today
    )
    GROUP BY episode_id
),
exercise AS (
    -- a week with no report at all is not a week of no exercise
    SELECT
        x.episode_id,
        count(DISTINCT x.local_date) FILTER (x.done AND x.local_date > c.today - 7) AS done_last,
        count(*) FILTER (x.state IS NOT NULL AND x.local_date > c.today - 7) AS reports_last,
        count(DISTINCT x.local_date) FILTER (x.done AND x.local_date <= c.today - 7) AS done_before,
        count(*) FILTER (x.state IS NOT NULL AND x.local_date <= c.today - 7) AS reports_before
    FROM lake.exercise_day AS x
    JOIN chosen AS c USING (episode_id)
    WHERE x.prescribed AND x.local_date > c.today - 14 AND x.local_date <= c.today
    GROUP BY x.episode_id
),
safety AS (
    SELECT
        a.episode_id,
        a.instrument,
        arg_max(a.response_id, a.completed_at) AS safety_response_id,
        any_value(q.says) AS safety_item,
        max(a.completed_at) AS answered_at
    FROM (
        SELECT * FROM answered
        QUALIFY row_number() OVER (PARTITION BY episode_id, instrument ORDER BY completed_at DESC) = 1
    ) AS a
    JOIN safety_rule AS q USING (instrument)
    WHERE a.answers[q.position] >= 0 AND (
        a.answers[q.position] >= q.at_least OR a.answers[q.position] <= q.at_most
    )
    GROUP BY a.episode_id, a.instrument
),
-- warning signs have no track of their own: they lead the episode's first one
warning AS (
    SELECT
        episode_id,
        arg_max(safety_item, answered_at) AS safety_item,
        arg_max(safety_response_id, answered_at) AS safety_response_id
    FROM safety
    WHERE instrument NOT IN (SELECT instrument FROM scale_of)
    GROUP BY episode_id
)
SELECT
    CAST(c.episode_id AS VARCHAR) AS episode_id,
    c.today,
    f.instrument,
    d.scale,
    c.condition,
    c.stratum,
    c.index_kind,
    -- whose curve judges it: a later change of pathway is an answer to the course and must not choose
    CASE WHEN c.is_historical THEN '' ELSE coalesce(n.first_pathway, '') END AS pathway,
    c.clinic_code,
    c.is_historical,
    c.state = 'open' AND NOT c.is_historical AS is_open,
    d.higher_is_better,
    d.instrument_title,
    d.scale_title,
    d.decimals,
    -- of the episode's own condition where it is cited, else of any population
    CASE WHEN m.instrument IS NULL THEN g.mdc ELSE m.mdc END AS mdc,
    d.instrument_key,
    CAST(CASE WHEN n.is_running THEN n.enrollment_id END AS VARCHAR) AS enrollment_id,
    b.baseline,
    l.score,
    CAST(l.day AS DOUBLE) AS day,
    l.score_date,
    CAST(l.response_id AS VARCHAR) AS response_id,
    l.previous,
    l.before_previous,
    a.last_answer_date,
    CAST(a.last_response_id AS VARCHAR) AS last_response_id,
    coalesce(u.expired_in_row, 0) AS expired_in_row,
    y.usual_gap AS typical_gap,
    CASE WHEN u.expired_in_row > 0 THEN
        CAST(a.last_answer_at + to_seconds($rhythm_gaps * y.usual_gap * 86400) AS TIMESTAMP)
    END AS silent_from,
    v.visit_days,
    v.visit_scores,
    -- instants leave as UTC without a zone: pandas takes those without complaint
    CAST(u.next_expiry_at AS TIMESTAMP) AS next_expiry_at,
    t.next_due_date,
    CAST(CASE WHEN x.reports_last > 0 THEN x.done_last END AS DOUBLE) AS exercise_days,
    CAST(CASE WHEN x.reports_before > 0 THEN x.done_before END AS DOUBLE) AS exercise_days_before,
    CAST(CASE WHEN x.episode_id IS NOT NULL THEN c.next_midnight END AS TIMESTAMP) AS exercise_changes_at,
    coalesce(CASE WHEN row_number() OVER in_order = 1 THEN w.safety_item END, q.safety_item) AS safety_item,
    CAST(
        coalesce(CASE WHEN row_number() OVER in_order = 1 THEN w.safety_response_id END, q.safety_response_id) AS VARCHAR
    ) AS safety_response_id,
    -- the order in which an episode's scales lead: the pathway's instruments, then the instrument's scales
    coalesce(o.place, 1000) AS instrument_place,
    d.place AS scale_place
FROM followed AS f
JOIN chosen AS c USING (episode_id)
JOIN scale_of AS d USING (instrument)
LEFT JOIN enrolled AS n USING (episode_id)
LEFT JOIN baseline AS b USING (episode_id, instrument, scale)
LEFT JOIN latest AS l USING (episode_id, instrument, scale)
LEFT JOIN visited AS v USING (episode_id, instrument, scale)
LEFT JOIN last_answer AS a USING (episode_id)
LEFT JOIN unanswered AS u USING (episode_id)
LEFT JOIN usual AS y USING (episode_id)
LEFT JOIN next_due AS t USING (episode_id)
LEFT JOIN exercise AS x USING (episode_id)
LEFT JOIN safety AS q USING (episode_id, instrument)
LEFT JOIN warning AS w USING (episode_id)
LEFT JOIN (SELECT DISTINCT pathway, instrument, place FROM pathway_survey) AS o
    ON o.pathway = n.pathway AND o.instrument = f.instrument
LEFT JOIN detectable_change AS m
    ON m.instrument = f.instrument AND m.scale = d.scale AND m.condition = c.condition
LEFT JOIN detectable_change AS g
    ON g.instrument = f.instrument AND g.scale = d.scale AND g.condition IS NULL
WINDOW in_order AS (PARTITION BY f.episode_id ORDER BY coalesce(o.place, 1000), f.instrument, d.place)
ORDER BY episode_id, instrument_place, f.instrument, scale_place
