-- One row per new response of one instrument: its answers as numbers, in the definition's order; null = no answer.
INSERT INTO raw_answers
SELECT
    response_id,
    instrument,
    list_transform(
        CAST(json_extract(document, $paths) AS VARCHAR[]),
        -- some forms have a number of their own for "does not apply to me"
        lambda x, place: CASE WHEN x = $not_applicable[place] THEN -3 ELSE answer_code(x) END
    ) AS codes,
    CAST(json_extract(document, $paths) AS VARCHAR[]) AS texts,
    list_filter(json_keys(document), lambda x: NOT list_contains($items, x)) AS strange
FROM news_response
WHERE instrument = $instrument AND kind = 'object'
