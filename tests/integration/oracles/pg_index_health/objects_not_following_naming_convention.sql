-- Every relation whose name, and every column of a table whose name, holds anything but a-z, 0-9 and _; the columns
-- by a rule of its own. (It names indexes, sequences, functions and constraints too, which queries do not.)
-- rule: quoted_name
-- compared by: relation
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p', 'v', 'm') AND t.relname ~ '[^a-z0-9_]' AND s.nspname !~ '^pg_|^information_schema$'
UNION
SELECT concat_ws('.', s.nspname, t.relname)
FROM pg_attribute AS c
JOIN pg_class AS t ON t.oid = c.attrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND c.attnum > 0 AND NOT c.attisdropped
  AND c.attname ~ '[^a-z0-9_]' AND s.nspname !~ '^pg_|^information_schema$'
