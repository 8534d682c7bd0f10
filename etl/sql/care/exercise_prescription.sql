-- One row per prescription of an episode whose exercise has changed in any way.
SELECT x.id AS prescription_id, x.episode_id, x.exercise, x.weekdays, x.start_date, x.end_date
FROM exercise_prescription AS x
WHERE x.episode_id IN (
    SELECT c.episode_id FROM exercise_prescription AS c WHERE changed(c)
    UNION
    SELECT d.episode_id FROM exercise_session AS d WHERE changed(d)
)
