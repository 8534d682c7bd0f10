-- One row per open episode whose judgement may be another one than the day before: something has happened, a survey has
-- run out since the last answer, or exercise was reported in the two weeks that are compared.
SELECT episode_id FROM touched_episode WHERE episode_id IN (SELECT episode_id FROM lake.episode WHERE state = 'open')
UNION
SELECT a.episode_id
FROM lake.assignment AS a
JOIN lake.episode AS e USING (episode_id)
LEFT JOIN (SELECT episode_id, max(completed_at) AS last_at FROM lake.response GROUP BY episode_id) AS r USING (episode_id)
WHERE
    e.state = 'open' AND a.state IN ('open', 'expired') AND a.expires_at <= getvariable('as_of')
    AND (r.last_at IS NULL OR a.expires_at > r.last_at)
UNION
SELECT x.episode_id
FROM lake.exercise_day AS x
JOIN lake.episode AS e USING (episode_id)
WHERE e.state = 'open' AND x.state IS NOT NULL AND x.local_date > getvariable('today') - 16
