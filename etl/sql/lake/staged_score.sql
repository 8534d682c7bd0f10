-- One row per response of a touched episode and scale: scored now, or by an earlier run.
FROM scored
UNION ALL BY NAME
SELECT s.* EXCLUDE (episode_id, day)
FROM lake.score AS s
WHERE
    s.episode_id IN (SELECT episode_id FROM touched_episode)
    AND s.response_id NOT IN (SELECT response_id FROM news_response)
    AND NOT $full_reading
