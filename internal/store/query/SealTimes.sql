SELECT period, min(sealed)
FROM seals
WHERE site = ? AND basis = ? AND first_day >= toDate(?) AND last_day <= toDate(?)
GROUP BY period
