ALTER TABLE ledger DELETE WHERE last_day < toDate(?) AND site IN (?)
