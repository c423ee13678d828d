SELECT count()
FROM cells
WHERE day >= toDate(?) AND day <= toDate(?)
