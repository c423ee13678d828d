SELECT count()
FROM seals
WHERE site = ? AND basis = ? AND grain = ? AND first_day = toDate(?) AND period = ?
