-- Every primary key with a column that is neither an integer nor a UUID; of partitioned tables, nor a moment.
-- rule: natural_key
-- with: conventions.primary_keys = "generated"
SELECT DISTINCT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid AND t.relkind IN ('r', 'p') AND NOT t.relispartition
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = ANY (k.conkey)
WHERE k.contype = 'p' AND k.coninhcount = 0 AND s.nspname !~ '^pg_|^information_schema$'
  AND format_type(c.atttypid, NULL) NOT IN ('smallint', 'integer', 'bigint', 'uuid')
  AND NOT (t.relkind = 'p' AND format_type(c.atttypid, NULL) ~ '^(date|time)')
