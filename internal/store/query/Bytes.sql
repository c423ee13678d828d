SELECT table, sum(bytes_on_disk)
FROM system.parts
WHERE database = ? AND active
GROUP BY table
