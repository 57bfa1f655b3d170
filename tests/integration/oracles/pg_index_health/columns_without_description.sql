-- Every column of a table without a comment, or with one of blanks.
-- rule: no_comment
-- of: relation
-- with: conventions.comments = "columns"
-- compared by: relation
SELECT concat_ws('.', s.nspname, t.relname, c.attname) AS subject
FROM pg_attribute AS c
JOIN pg_class AS t ON t.oid = c.attrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND c.attnum > 0 AND NOT c.attisdropped
  AND s.nspname !~ '^pg_|^information_schema$'
  AND coalesce(col_description(t.oid, c.attnum), '') ~ '^\s*$'
