-- Versions of the control documents. Nothing is ever changed.
CREATE TABLE record
(
    kind    String,
    id      String,
    version UInt32,
    author  String,
    time    DateTime('UTC'),
    body    String,
    nonce   String
)
ENGINE = MergeTree
ORDER BY (kind, id, version)
