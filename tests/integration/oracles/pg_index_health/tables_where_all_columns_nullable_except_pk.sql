-- Every table that has columns outside of its primary key, all of which can be null.
-- rule: all_columns_nullable
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
LEFT JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p'
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND s.nspname !~ '^pg_|^information_schema$'
  AND c.attnum <> ALL (coalesce(k.conkey, '{}'))
GROUP BY s.nspname, t.relname
HAVING NOT bool_or(c.attnotnull)
