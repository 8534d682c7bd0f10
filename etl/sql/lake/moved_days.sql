-- An episode's index date has moved: what counts from it moves with it.
UPDATE lake.assignment AS t SET day = t.due_date - e.index_date
FROM lake.episode AS e
WHERE
    e.episode_id = t.episode_id
    AND t.episode_id IN (SELECT episode_id FROM news_episode)
    AND t.day <> t.due_date - e.index_date;

UPDATE lake.exercise_day AS t SET day = t.local_date - e.index_date
FROM lake.episode AS e
WHERE
    e.episode_id = t.episode_id
    AND t.episode_id IN (SELECT episode_id FROM news_episode)
    AND t.day <> t.local_date - e.index_date;
