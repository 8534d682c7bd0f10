-- One row per new or changed assignment, with its day.
SELECT n.*, n.due_date - e.index_date AS day
FROM news_assignment AS n
JOIN lake.episode AS e USING (episode_id)
