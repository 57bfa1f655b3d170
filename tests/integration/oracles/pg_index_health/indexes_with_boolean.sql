-- Every valid index that is not unique and has a boolean column among its columns, at whatever place.
-- rule: boolean_index
SELECT DISTINCT concat_ws('.', s.nspname, t.relname, c.relname) AS subject
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid AND NOT c.relispartition
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN pg_attribute AS k ON k.attrelid = t.oid AND k.attnum = ANY (i.indkey) AND k.atttypid = 'boolean'::regtype
WHERE i.indisvalid AND i.indisready AND NOT i.indisunique AND s.nspname !~ '^pg_|^information_schema$'
