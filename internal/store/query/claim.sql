-- Names an attempt as the seal of every period that it wrote and that has none.
INSERT INTO seals (site, basis, grain, first_day, last_day, period, sealed, seal)
SELECT site, basis, grain, first_day, last_day, period, sealed, seal
FROM ledger
WHERE site IN ? AND table_name = '' AND first_day >= toDate(?) AND first_day <= toDate(?) AND seal = ?
    AND (site, basis, period) GLOBAL NOT IN (SELECT site, basis, period FROM seals WHERE site IN ? AND first_day >= toDate(?) AND first_day <= toDate(?))
