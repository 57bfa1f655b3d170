-- Every ordinary table that inherits from another and is no partition.
-- rule: inheritance
SELECT DISTINCT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_inherits AS h
JOIN pg_class AS t ON t.oid = h.inhrelid AND t.relkind = 'r' AND NOT t.relispartition
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE s.nspname !~ '^pg_|^information_schema$'
