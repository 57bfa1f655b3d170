-- Every partial index of a table whose condition holds the text `column IS NOT NULL` of a column that is among
-- its own columns and declared NOT NULL.
-- rule: unnecessary_index_predicate
SELECT DISTINCT concat_ws('.', s.nspname, t.relname, c.relname) AS subject
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid AND t.relkind IN ('r', 'p') AND NOT t.relispartition
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN pg_attribute AS k ON k.attrelid = t.oid AND k.attnum = ANY (i.indkey) AND k.attnotnull
WHERE s.nspname !~ '^pg_|^information_schema$'
  AND strpos(lower(pg_get_expr(i.indpred, t.oid)), lower(quote_ident(k.attname)) || ' is not null') > 0
