-- Who has a lease.
SELECT argMinIf(holder, (since, holder), until > now())
FROM lease
WHERE name = ?
