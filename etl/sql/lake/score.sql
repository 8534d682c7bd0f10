-- One row per response of a touched episode and scale, with the response's day.
SELECT s.*, r.episode_id, r.day
FROM staged_score AS s
JOIN new_response AS r USING (response_id)
