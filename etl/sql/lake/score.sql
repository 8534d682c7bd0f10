-- One row per response of a touched episode and scale, with the response's day.
SELECT s.response_id, r.episode_id, s.instrument, s.scale, r.day, s.value, s.answered, s.items, s.method, s.se
FROM staged_score AS s
JOIN new_response AS r USING (response_id)
