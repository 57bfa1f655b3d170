-- Every ordinary table without a primary key.
-- rule: no_primary_key
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind = 'r' AND NOT t.relispartition AND s.nspname !~ '^pg_|^information_schema$'
  AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conrelid = t.oid AND k.contype = 'p')
