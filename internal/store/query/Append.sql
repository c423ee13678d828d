-- Adds a version if it is the next one.
INSERT INTO record (kind, id, version, author, time, body, nonce)
SELECT ?, ?, toUInt32(?), ?, ?, ?, ?
FROM system.one
WHERE (SELECT max(version) FROM record WHERE kind = ? AND id = ?) + 1 = toUInt32(?)
