-- Takes the lease, or renews it, if nobody else has it.
INSERT INTO lease (name, holder, since, until)
SELECT ?, ?, if(has = '', now(), begun), now() + ?
FROM
(
    SELECT argMinIf(holder, (since, holder), until > now()) AS has, minIf(since, until > now() AND holder = ?) AS begun
    FROM lease
    WHERE name = ?
) AS now_held
WHERE has IN ('', ?)
