-- The newest version of a document and, of the version asked for, who wrote it first.
SELECT max(version), argMinIf(nonce, (time, nonce), version = toUInt32(?))
FROM record
WHERE kind = ? AND id = ?
