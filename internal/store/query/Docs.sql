SELECT kind, id, version, author, time, body
FROM
(
    SELECT kind, id, version, author, time, body
    FROM record
    ORDER BY time, nonce
    LIMIT 1 BY kind, id, version
) AS first_written
ORDER BY time, version, kind, id
