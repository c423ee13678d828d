-- Sealed atoms, one row each, written by attempts to seal: only the rows of
-- the attempt that the table seals names count. The row with the table ''
-- stands for the period itself.
CREATE TABLE ledger
(
    site       String,
    basis      String,
    grain      String,
    table_name String,
    first_day  Date,
    last_day   Date,
    period     String,
    value      String,
    n          UInt64,
    noisy      Int64,
    shown      UInt64,
    year       UInt16,
    sealed     DateTime('UTC'),
    seal       String
)
ENGINE = MergeTree
PARTITION BY toYear(first_day)
ORDER BY (site, basis, grain, table_name, value, first_day)
