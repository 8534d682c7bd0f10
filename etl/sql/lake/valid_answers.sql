-- One row per new response that breaks no rule, with its answers in the definition's order.
CREATE OR REPLACE TEMP TABLE valid_answers AS
SELECT r.response_id, r.instrument, r.codes AS answers
FROM raw_answers AS r
WHERE
    NOT list_contains(list_transform(r.codes, lambda x: x IS NULL), true)
    AND len(r.strange) = 0
    AND r.response_id NOT IN (SELECT response_id FROM outside)
