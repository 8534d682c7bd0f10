-- After a full reading: what was computed for an episode that the store does not know goes too.
DELETE FROM lake.track_history WHERE episode_id NOT IN (SELECT episode_id FROM lake.episode);
DELETE FROM lake.flag WHERE episode_id NOT IN (SELECT episode_id FROM lake.episode);
