SELECT count()
FROM ledger
WHERE year = ? AND site IN (?) AND (n > ? OR grain = 'week' AND (n != 0 OR noisy != 0))
