-- Groups of indexes of a table or materialized view whose definitions are the same text when their names are
-- taken out: a unique index does not repeat a plain one.
-- rule: duplicate_index
SELECT concat_ws('.', s.nspname, t.relname) AS subject,
       array_agg(concat_ws('.', s.nspname, t.relname, c.relname) ORDER BY c.relname) AS members
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'm')
  AND s.nspname !~ '^pg_|^information_schema$'
GROUP BY s.nspname, t.relname,
         replace(pg_get_indexdef(i.indexrelid), 'INDEX ' || quote_ident(c.relname) || ' ON', 'INDEX ON')
HAVING count(*) > 1
