-- By which rules a run judged: JSON of every number of scoring.track_rules.TrackRules, the tenant's choices in it.
-- A flag or track says its run by its snapshot. Null in runs of an older program: the next run judges every open
-- episode again.
ALTER TABLE lake.etl_run ADD COLUMN rules VARCHAR;
