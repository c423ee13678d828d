SELECT count()
FROM ledger
WHERE last_day < toDate(?) AND site IN (?)
