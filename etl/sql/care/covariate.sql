-- One row per covariate of an episode that has changed, or one row of nulls for an episode that has none left.
-- What kind of value it is decides the lake's side.
SELECT e.id AS episode_id, v.key AS name, jsonb_typeof(v.value) AS kind, v.value #>> '{}' AS value
FROM episode AS e
LEFT JOIN LATERAL jsonb_each(
    -- a document that is no object must not stop the run
    CASE jsonb_typeof(e.covariates)
        WHEN 'object' THEN e.covariates
        ELSE jsonb_build_object('covariates', e.covariates)
    END
) AS v ON jsonb_typeof(v.value) <> 'null'
WHERE changed(e)
