-- How many of the sites have the marker of a batch.
SELECT uniqExact(site)
FROM cells
WHERE has(?, site) AND basis = '' AND table_name = '__batch' AND day = toDate(?) AND value = ?
