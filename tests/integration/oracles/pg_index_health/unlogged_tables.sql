-- Every unlogged table, partitions among them.
-- rule: unlogged_table
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND t.relpersistence = 'u' AND s.nspname !~ '^pg_|^information_schema$'
