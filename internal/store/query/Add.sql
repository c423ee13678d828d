INSERT INTO cells (site, basis, table_name, day, value, n)
