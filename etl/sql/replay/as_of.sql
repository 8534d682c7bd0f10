-- Views of what was known at getvariable('as_of'), in place of the tables of the lake that the rules read.
-- known.* has every row of the replayed episodes as it stands now.
DROP VIEW lake.answer;
DROP TABLE lake.episode;
DROP TABLE lake.enrollment_event;
DROP TABLE lake.assignment;
DROP TABLE lake.exercise_day;

-- One row per replayed episode; it was open until it was closed.
CREATE VIEW lake.episode AS
SELECT * REPLACE (CASE WHEN closed_at <= getvariable('as_of') THEN 'closed' ELSE 'open' END AS state)
FROM known.episode;

-- One row per change of an enrollment that had happened.
CREATE VIEW lake.enrollment_event AS
SELECT * FROM known.enrollment_event WHERE happened_at <= getvariable('as_of');

-- One row per survey that had been asked; what became of it later was not known.
CREATE VIEW lake.assignment AS
SELECT a.* REPLACE (
    CASE
        WHEN a.answered_at > getvariable('as_of') OR a.state = 'expired' AND a.expires_at > getvariable('as_of')
            THEN 'open'
        WHEN a.state = 'cancelled' AND e.ended_at > getvariable('as_of') THEN 'open'
        ELSE a.state
    END AS state
)
FROM known.assignment AS a
LEFT JOIN (
    SELECT enrollment_id, max(happened_at) AS ended_at
    FROM known.enrollment_event
    WHERE to_state IN ('completed', 'withdrawn')
    GROUP BY enrollment_id
) AS e USING (enrollment_id)
WHERE least(a.due_at, coalesce(a.sent_at, a.due_at)) <= getvariable('as_of');

-- One row per exercise and day; of a day that was not over, no report was known.
CREATE VIEW lake.exercise_day AS
SELECT * REPLACE (
    CASE WHEN local_date < getvariable('today') THEN state END AS state,
    CASE WHEN local_date < getvariable('today') THEN reason END AS reason,
    CASE WHEN local_date < getvariable('today') THEN pain END AS pain,
    done AND local_date < getvariable('today') AS done
)
FROM known.exercise_day;
