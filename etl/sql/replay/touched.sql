-- One row per episode that something happened to since the moment before; what time alone changes is not here.
SELECT episode_id FROM known.response WHERE completed_at > $before AND completed_at <= $as_of
UNION
SELECT episode_id FROM known.assignment
WHERE least(due_at, coalesce(sent_at, due_at)) > $before AND least(due_at, coalesce(sent_at, due_at)) <= $as_of
UNION
SELECT episode_id FROM known.enrollment_event WHERE happened_at > $before AND happened_at <= $as_of
UNION
SELECT episode_id FROM known.episode WHERE closed_at > $before AND closed_at <= $as_of
UNION
-- the day before, too: where it ends later than in the tenant's zone its reports become known a step later
SELECT episode_id FROM known.exercise_day
WHERE state IS NOT NULL AND local_date >= CAST($before AS DATE) - 2 AND local_date < CAST($as_of AS DATE) + 1
