-- Which attempt sealed a period: one row per site, basis and period, the first.
CREATE TABLE seals
(
    site      String,
    basis     String,
    grain     String,
    first_day Date,
    last_day  Date,
    period    String,
    sealed    DateTime('UTC'),
    seal      String
)
ENGINE = MergeTree
PARTITION BY toYear(first_day)
ORDER BY (site, basis, grain, first_day)
