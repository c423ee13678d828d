SELECT DISTINCT period
FROM seals
WHERE site = ? AND basis = ? AND grain = ? AND first_day >= toDate(?) AND last_day <= toDate(?)
