SELECT site, basis, max(last_day)
FROM seals
WHERE grain = 'day' AND first_day >= toDate(?)
GROUP BY site, basis
