-- Every column of a table that shares its name with a column of another type in the same schema; lengths do not
-- count.
-- rule: column_type_differs
SELECT concat_ws('.', s.nspname, t.relname, c.attname) AS subject
FROM pg_attribute AS c
JOIN pg_class AS t ON t.oid = c.attrelid AND t.relkind IN ('r', 'p') AND NOT t.relispartition
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE c.attnum > 0 AND NOT c.attisdropped AND s.nspname !~ '^pg_|^information_schema$'
  AND EXISTS (
      SELECT 1 FROM pg_attribute AS o
      JOIN pg_class AS u ON u.oid = o.attrelid AND u.relkind IN ('r', 'p') AND NOT u.relispartition
      WHERE u.relnamespace = t.relnamespace AND o.attname = c.attname AND o.attnum > 0
        AND NOT o.attisdropped AND o.atttypid <> c.atttypid
  )
