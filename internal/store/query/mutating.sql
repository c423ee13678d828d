-- How many changes of a table are under way.
SELECT count()
FROM system.mutations
WHERE database = ? AND table = ? AND is_done = 0
