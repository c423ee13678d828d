SELECT count()
FROM record
