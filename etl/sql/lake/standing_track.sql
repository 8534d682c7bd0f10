-- One row per track of a judged episode as it stands before this run.
SELECT *
FROM lake.track_history
WHERE episode_id IN (SELECT episode_id FROM judged_episode)
QUALIFY row_number() OVER (PARTITION BY episode_id, instrument, scale ORDER BY snapshot DESC) = 1
