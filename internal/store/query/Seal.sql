INSERT INTO ledger (site, basis, grain, table_name, first_day, last_day, period, value, n, noisy, shown, year, sealed, seal)
