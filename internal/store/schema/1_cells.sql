-- Visits by site, basis, day, table and value. Rows with the same key become
-- one row with the sum of n. A row with the table '__batch' says that the
-- batch which its value names has been added.
CREATE TABLE cells
(
    site       String,
    basis      String,
    table_name String,
    day        Date,
    value      String,
    n          UInt64
)
ENGINE = SummingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site, basis, table_name, day, value)
