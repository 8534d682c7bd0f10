-- One row per stored response and scale, with the response's episode and day.
SELECT s.*, r.episode_id, r.day
FROM scored AS s
JOIN lake.response AS r USING (response_id)
