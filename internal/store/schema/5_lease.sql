-- Who does what only one process is to do, since when and until when, by the
-- clock of the database. Of those whose time is not over the first has it.
CREATE TABLE lease
(
    name   String,
    holder String,
    since  DateTime('UTC'),
    until  DateTime('UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (name, holder)
