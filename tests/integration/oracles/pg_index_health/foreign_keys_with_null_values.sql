-- Every foreign key of several columns without MATCH FULL of which a column can be null.
-- rule: nullable_foreign_key_part
SELECT DISTINCT concat_ws('.', s.nspname, t.relname, k.conname) AS subject
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = ANY (k.conkey) AND NOT c.attnotnull
WHERE k.contype = 'f' AND cardinality(k.conkey) > 1 AND k.confmatchtype <> 'f'
  AND k.conparentid = 0 AND k.coninhcount = 0 AND s.nspname !~ '^pg_|^information_schema$'
