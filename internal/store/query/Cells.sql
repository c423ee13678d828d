SELECT table_name, day, value, sum(n) AS visits
FROM cells
WHERE site = ? AND basis = ? AND day >= toDate(?) AND day <= toDate(?)
GROUP BY table_name, day, value
HAVING visits > 0
ORDER BY table_name, day, value
