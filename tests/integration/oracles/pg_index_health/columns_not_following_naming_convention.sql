-- Every column whose name holds anything but a-z, 0-9 and _.
-- rule: quoted_name
SELECT concat_ws('.', s.nspname, t.relname, c.attname) AS subject
FROM pg_attribute AS c
JOIN pg_class AS t ON t.oid = c.attrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND c.attnum > 0 AND NOT c.attisdropped
  AND c.attname ~ '[^a-z0-9_]' AND s.nspname !~ '^pg_|^information_schema$'
