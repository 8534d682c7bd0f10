-- The planner takes a tenant that it has not analyzed yet for one row. Without this a foreign-key check reads the whole
-- tenant through an index that merely begins with tenant_id; and of many rows each would be joined with each.
SET LOCAL plan_cache_mode = force_generic_plan;
SELECT set_config('enable_nestloop', CASE WHEN count(*) > 1000 THEN 'off' ELSE 'on' END, true) FROM new_track
