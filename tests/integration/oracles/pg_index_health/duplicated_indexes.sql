-- Groups of indexes of a table with the same columns, operator classes, expressions and condition. Uniqueness,
-- sort order, collation, access method by itself and INCLUDE (whose columns are columns to it) do not matter.
-- rule: duplicate_index
-- or: redundant_index
SELECT concat_ws('.', s.nspname, t.relname) AS subject,
       array_agg(concat_ws('.', s.nspname, t.relname, c.relname) ORDER BY c.relname) AS members
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE s.nspname !~ '^pg_|^information_schema$'
GROUP BY s.nspname, t.relname, i.indclass::text, i.indkey::text,
         coalesce(pg_get_expr(i.indexprs, i.indrelid), ''), coalesce(pg_get_expr(i.indpred, i.indrelid), '')
HAVING count(*) > 1
