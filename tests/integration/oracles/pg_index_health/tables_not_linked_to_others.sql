-- Every table that has no foreign key and is referenced by none.
-- rule: isolated_table
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND s.nspname !~ '^pg_|^information_schema$'
  AND NOT EXISTS (
      SELECT 1 FROM pg_constraint AS k WHERE k.contype = 'f' AND t.oid IN (k.conrelid, k.confrelid)
  )
