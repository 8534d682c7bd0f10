-- One row per report of an episode whose exercise has changed in any way.
SELECT s.id AS session_id, s.episode_id, s.exercise, s.local_date, s.state, s.reason, s.pain
FROM exercise_session AS s
WHERE s.episode_id IN (
    SELECT c.episode_id FROM exercise_prescription AS c WHERE changed(c)
    UNION
    SELECT d.episode_id FROM exercise_session AS d WHERE changed(d)
)
