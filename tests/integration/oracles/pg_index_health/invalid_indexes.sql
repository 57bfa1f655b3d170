-- Every index that is not valid.
-- rule: invalid_index
SELECT concat_ws('.', s.nspname, t.relname, c.relname) AS subject
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE NOT i.indisvalid AND s.nspname !~ '^pg_|^information_schema$'
