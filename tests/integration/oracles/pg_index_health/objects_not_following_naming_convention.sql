-- Every relation whose name holds anything but a-z, 0-9 and _. (It names indexes, functions and constraints as
-- well, whose names nobody writes in a query.)
-- rule: quoted_name
-- compared by: relation
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p', 'v', 'm') AND t.relname ~ '[^a-z0-9_]' AND s.nspname !~ '^pg_|^information_schema$'
