-- Pairs of indexes of a table with the same condition where the columns of one begin with those of the other,
-- INCLUDE counted as columns. Access method, operator classes, uniqueness, constraints and which expressions
-- they have do not matter to it: an expression is a column without a name.
-- rule: redundant_index
-- or: duplicate_index
SELECT concat_ws('.', s.nspname, t.relname) AS subject,
       ARRAY[concat_ws('.', s.nspname, t.relname, a.relname), concat_ws('.', s.nspname, t.relname, b.relname)]
           AS members
FROM pg_index AS short
JOIN pg_index AS long ON long.indrelid = short.indrelid AND long.indexrelid <> short.indexrelid
JOIN pg_class AS a ON a.oid = short.indexrelid
JOIN pg_class AS b ON b.oid = long.indexrelid
JOIN pg_class AS t ON t.oid = short.indrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE s.nspname !~ '^pg_|^information_schema$'
  AND starts_with(long.indkey::text || ' ', short.indkey::text || ' ')
  AND (long.indnatts > short.indnatts OR long.indexrelid > short.indexrelid)
  AND pg_get_expr(short.indpred, t.oid) IS NOT DISTINCT FROM pg_get_expr(long.indpred, t.oid)
