-- A curve for each pathway: of the row with fold_left_out = -1. '' (or null, in an older lake) = of all the stratum's
-- courses together, whatever pathway they began on; key without version otherwise.
ALTER TABLE lake.curve_statistic ADD COLUMN pathway VARCHAR;

-- One row per episode whose course is over: closed, or its pathway completed (the last window has passed; a later
-- enrollment does not undo it). What was answered until then is what curves are fitted on.
CREATE VIEW lake.finished_course AS
SELECT e.episode_id, coalesce(e.closed_at, n.completed_at) AS finished_at
FROM lake.episode AS e
LEFT JOIN (
    SELECT episode_id, max(happened_at) AS completed_at
    FROM lake.enrollment_event
    WHERE to_state = 'completed'
    GROUP BY episode_id
) AS n USING (episode_id)
WHERE e.state = 'closed' OR n.completed_at IS NOT NULL;
