-- Every ordinary table that inherits from another and is no partition; told here with the table above it.
-- rule: inheritance
SELECT DISTINCT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_inherits AS h
JOIN pg_class AS t ON t.oid = h.inhparent AND t.relkind = 'r'
JOIN pg_class AS c ON c.oid = h.inhrelid AND c.relkind = 'r'
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE s.nspname !~ '^pg_|^information_schema$'
