-- Every table with one column or none.
-- rule: single_column_table
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND s.nspname !~ '^pg_|^information_schema$'
  AND (
      SELECT count(*) FROM pg_attribute AS c
      WHERE c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
  ) <= 1
