SELECT count(), max(last_day)
FROM seals
WHERE site = ? AND basis = ? AND grain = 'day'
