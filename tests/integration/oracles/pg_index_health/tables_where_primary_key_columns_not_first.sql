-- Every table whose first column is not part of its primary key.
-- rule: primary_key_not_first
-- with: conventions.key_position = "first"
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid AND NOT t.relispartition
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE k.contype = 'p' AND s.nspname !~ '^pg_|^information_schema$'
  AND (
      SELECT min(c.attnum) FROM pg_attribute AS c
      WHERE c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
  ) <> ALL (k.conkey)
