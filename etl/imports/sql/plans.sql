-- The planner takes a tenant that it has not analyzed yet for one row. Without this a foreign-key check reads the whole
-- tenant through an index that merely begins with tenant_id, and a join compares everything with everything.
CREATE INDEX ON import_row (place);
ANALYZE import_row;
SET LOCAL plan_cache_mode = force_generic_plan;
SET LOCAL enable_nestloop = off
