-- Every column of a table of type json itself; arrays and domains of it are other types.
-- rule: json_column
-- compared by: relation
SELECT concat_ws('.', s.nspname, t.relname, c.attname) AS subject
FROM pg_attribute AS c
JOIN pg_class AS t ON t.oid = c.attrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND c.attnum > 0 AND NOT c.attisdropped
  AND c.atttypid = 'json'::regtype AND s.nspname !~ '^pg_|^information_schema$'
