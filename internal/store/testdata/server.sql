-- visits
CREATE TABLE IF NOT EXISTS d.visits
(
    site String,
    n    UInt64
)
ENGINE = SummingMergeTree
PARTITION BY site
ORDER BY (site);
-- visits seconds
ALTER TABLE d.visits ADD COLUMN seconds UInt64;
