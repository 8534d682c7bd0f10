-- One row per stratum whose curve is not the one its rows make ($every: of all), with what the standing one was made of
-- (null: none): with follow-ups of its own, or a published course.
WITH schedule AS (
    SELECT DISTINCT condition, stratum, index_kind, instrument, day
    FROM (
        SELECT e.condition, e.stratum, e.index_kind, a.instrument, a.day
        FROM lake.assignment AS a
        JOIN lake.episode AS e USING (episode_id)
        SEMI JOIN lake.finished_course AS o USING (episode_id)
        WHERE a.enrollment_id IS NULL
        UNION ALL
        SELECT e.condition, e.stratum, e.index_kind, p.instrument, p.day
        FROM lake.enrollment_event AS n
        JOIN lake.episode AS e USING (episode_id)
        JOIN pathway_survey AS p USING (pathway)
        SEMI JOIN lake.finished_course AS o USING (episode_id)
    )
    WHERE day > 0
),
scheduled AS (
    SELECT condition, stratum, index_kind, instrument, list_sort(list(day)) AS days
    FROM schedule
    GROUP BY condition, stratum, index_kind, instrument
),
described AS (
    SELECT episode_id, bit_xor(hash(name, number, text)) AS covariates
    FROM lake.covariate
    WHERE list_contains($names, name)
    GROUP BY episode_id
),
wanted AS (
    SELECT
        condition, stratum, index_kind, instrument, scale,
        any_value(s.days) AS days,
        bool_or(t.is_historical) AS has_history,
        md5(concat_ws(
            ' ', $version, count(*), any_value(s.days),
            bit_xor(hash(t.episode_id, day, baseline, score, clinic_code, pathway)),
            bit_xor(hash(t.episode_id, d.covariates, p.sex, p.age_band, p.birth_year))
        )) AS training
    FROM training AS t
    JOIN scheduled AS s USING (condition, stratum, index_kind, instrument)
    JOIN lake.episode AS e USING (episode_id, condition, stratum, index_kind)
    JOIN lake.patient AS p USING (patient_key)
    LEFT JOIN described AS d USING (episode_id)
    GROUP BY condition, stratum, index_kind, instrument, scale
),
-- nobody has finished yet: the curve starts from the literature
cold AS (
    SELECT DISTINCT
        e.condition, e.stratum, e.index_kind, p.instrument, p.scale,
        CAST([] AS INTEGER[]) AS days, false AS has_history, md5($version) AS training
    FROM lake.episode AS e
    JOIN published_course AS p USING (condition, index_kind)
    WHERE NOT EXISTS (
        FROM wanted AS w
        WHERE (w.condition, w.stratum, w.index_kind, w.instrument, w.scale)
            = (e.condition, e.stratum, e.index_kind, p.instrument, p.scale)
    )
)
SELECT w.*, k.training AS standing
FROM (FROM wanted UNION ALL FROM cold) AS w
LEFT JOIN lake.curve_statistic AS k
    ON (k.condition, k.stratum, k.index_kind, k.instrument, k.scale, k.fold_left_out)
    = (w.condition, w.stratum, w.index_kind, w.instrument, w.scale, -1)
    AND coalesce(k.pathway, '') = ''
WHERE $every OR k.training IS DISTINCT FROM w.training
ORDER BY ALL
