SELECT site, basis, count()
FROM cells
WHERE day >= toDate(?) AND day <= toDate(?) AND table_name != '__batch'
GROUP BY site, basis
