-- Every B-tree index with a column of an array type among its keys, unique or not, partitions' own as well.
-- rule: array_btree_index
SELECT DISTINCT concat_ws('.', s.nspname, t.relname, c.relname) AS subject
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN generate_series(0, i.indnkeyatts - 1) AS place ON true
JOIN pg_attribute AS k ON k.attrelid = t.oid AND k.attnum = i.indkey[place]
JOIN pg_type AS y ON y.oid = k.atttypid AND y.typcategory = 'A'
WHERE s.nspname !~ '^pg_|^information_schema$'
