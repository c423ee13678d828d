-- visits
CREATE TABLE IF NOT EXISTS d.visits
(
    site String,
    n    UInt64
)
ENGINE = SummingMergeTree
PARTITION BY site
ORDER BY (site)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60;
-- visits seconds
ALTER TABLE d.visits ADD COLUMN seconds UInt64;
