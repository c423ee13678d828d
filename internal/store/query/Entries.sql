SELECT grain, table_name, period, first_day, last_day, value, n, noisy, shown, year
FROM ledger
WHERE site = ? AND basis = ? AND grain IN ? AND first_day >= toDate(?) AND last_day <= toDate(?)
    AND table_name != '' AND (? = '' OR table_name = ?)
    AND (period, seal) GLOBAL IN
    (
        SELECT period, seal
        FROM seals
        WHERE site = ? AND basis = ? AND grain IN ? AND first_day >= toDate(?) AND last_day <= toDate(?)
        ORDER BY sealed, seal
        LIMIT 1 BY period
    )
ORDER BY first_day, table_name, value
