-- One row per prescription of no sensible length, and per pain outside 0-10 (the report stands without it).
SELECT
    'exercise_prescription' AS source,
    CAST(prescription_id AS VARCHAR) AS source_key,
    'period_backward_or_over_three_years' AS rule,
    'end_date' AS field,
    CAST(end_date - start_date AS VARCHAR) AS value
FROM news_exercise_prescription
WHERE end_date - start_date NOT BETWEEN 0 AND 1095
UNION ALL
SELECT 'exercise_session', CAST(session_id AS VARCHAR), 'out_of_range', 'pain', CAST(pain AS VARCHAR)
FROM news_exercise_session
WHERE pain NOT BETWEEN 0 AND 10
