-- Weeks are never added up: of them the figures alone stay.
ALTER TABLE ledger UPDATE n = if(grain = 'week', toUInt64(0), least(n, toUInt64(?))), noisy = if(grain = 'week', toInt64(0), noisy)
WHERE year = ? AND site IN (?) AND (n > ? OR grain = 'week' AND (n != 0 OR noisy != 0))
