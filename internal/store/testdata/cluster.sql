-- visits_local
CREATE TABLE IF NOT EXISTS d.visits_local ON CLUSTER c
(
    site String,
    n    UInt64
)
ENGINE = ReplicatedSummingMergeTree('/clickhouse/tables/{shard}/d/visits', '{replica}')
PARTITION BY site
ORDER BY (site)
SETTINGS replicated_deduplication_window = 10000;
-- visits
CREATE TABLE IF NOT EXISTS d.visits ON CLUSTER c AS d.visits_local ENGINE = Distributed(c, d, visits_local, cityHash64(site));
-- visits_local seconds
ALTER TABLE d.visits_local ON CLUSTER c ADD COLUMN seconds UInt64;
-- visits seconds
DROP TABLE IF EXISTS d.visits ON CLUSTER c;
-- visits seconds
CREATE TABLE IF NOT EXISTS d.visits ON CLUSTER c AS d.visits_local ENGINE = Distributed(c, d, visits_local, cityHash64(site));
