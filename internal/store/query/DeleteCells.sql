-- Batches keep their markers: they go with the whole month alone.
ALTER TABLE cells DELETE WHERE day >= toDate(?) AND day <= toDate(?) AND table_name != '__batch' AND (site, basis) IN (?)
