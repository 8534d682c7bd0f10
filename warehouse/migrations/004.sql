-- A curve for each pathway: of the row with fold_left_out = -1. '' (or null, in an older lake) = of all the stratum's
-- courses together, whatever pathway they began on; key without version otherwise.
ALTER TABLE lake.curve_statistic ADD COLUMN pathway VARCHAR;
