-- Every table with two or more columns whose names are the same but for the number at their end.
-- rule: repeating_columns
-- compared by: relation
SELECT DISTINCT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_attribute AS c
JOIN pg_class AS t ON t.oid = c.attrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND c.attnum > 0 AND NOT c.attisdropped
  AND c.attname ~ '^\D+\d+$' AND s.nspname !~ '^pg_|^information_schema$'
GROUP BY s.nspname, t.relname, rtrim(c.attname, '0123456789')
HAVING count(*) > 1
