-- One row per new response and rule it breaks. A number is kept as it is, of text only the length.
WITH answers AS (
    SELECT
        response_id,
        instrument,
        unnest(codes) AS code,
        unnest(texts) AS text,
        generate_subscripts(texts, 1) AS position
    FROM raw_answers
),
broken AS (
    SELECT response_id, instrument, position, text, 'no_answer_and_no_reason' AS rule
    FROM answers
    WHERE code IS NULL
    UNION ALL
    SELECT a.response_id, a.instrument, a.position, a.text, 'out_of_range'
    FROM answers AS a
    JOIN outside AS o USING (response_id, position)
),
rejected AS (
    SELECT
        b.response_id,
        b.rule,
        i.item AS field,
        CASE WHEN try_cast(b.text AS DOUBLE) IS NULL THEN length(b.text) || ' characters' ELSE b.text END AS value
    FROM broken AS b
    JOIN new_item AS i USING (instrument, position)
    UNION ALL
    SELECT response_id, 'unknown_item', '', len(strange) || ' items'
    FROM raw_answers
    WHERE len(strange) > 0
    UNION ALL
    SELECT response_id, 'unknown_instrument', 'instrument', length(instrument) || ' characters'
    FROM news_response
    WHERE NOT list_contains($known, instrument)
    UNION ALL
    SELECT response_id, 'answers_are_no_object', 'answers', kind
    FROM news_response
    WHERE kind <> 'object'
)
SELECT 'survey_response' AS source, CAST(response_id AS VARCHAR) AS source_key, rule, field, value
FROM rejected
