-- Every index that is not unique, whose first column can be null and is not mentioned in its condition.
-- rule: null_heavy_index
-- with: conventions.null_index = "partial"
SELECT DISTINCT concat_ws('.', s.nspname, t.relname, c.relname) AS subject
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid AND NOT t.relispartition
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN pg_attribute AS k ON k.attrelid = t.oid AND k.attnum = i.indkey[0] AND NOT k.attnotnull
WHERE NOT i.indisunique AND s.nspname !~ '^pg_|^information_schema$'
  AND strpos(coalesce(lower(pg_get_expr(i.indpred, t.oid)), ''), lower(k.attname)) = 0
