-- Every ordinary table, partitions among them, without an index that is its primary key.
-- rule: no_primary_key
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind = 'r'
  AND s.nspname !~ '^pg_|^information_schema$'
  AND NOT EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = t.oid AND i.indisprimary)
  AND NOT EXISTS (
      SELECT 1 FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e'
  )
