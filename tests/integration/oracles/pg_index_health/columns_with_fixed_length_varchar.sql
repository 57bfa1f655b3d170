-- Every column of a table of type varchar(n), whatever n is.
-- rule: unbounded_text
-- with: conventions.text = "text"
SELECT concat_ws('.', s.nspname, t.relname, c.attname) AS subject
FROM pg_attribute AS c
JOIN pg_class AS t ON t.oid = c.attrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND c.attnum > 0 AND NOT c.attisdropped
  AND c.atttypid = 'varchar'::regtype AND c.atttypmod > 0 AND s.nspname !~ '^pg_|^information_schema$'
