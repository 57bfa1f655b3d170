-- Every foreign key with a pair of columns whose types or type modifiers differ: lengths and domains count.
-- rule: foreign_key_type_mismatch
SELECT DISTINCT concat_ws('.', s.nspname, t.relname, k.conname) AS subject
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN unnest(k.conkey, k.confkey) AS pair (own, target) ON true
JOIN pg_attribute AS c ON c.attrelid = k.conrelid AND c.attnum = pair.own
JOIN pg_attribute AS p ON p.attrelid = k.confrelid AND p.attnum = pair.target
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.coninhcount = 0 AND s.nspname !~ '^pg_|^information_schema$'
  AND (c.atttypid, c.atttypmod) <> (p.atttypid, p.atttypmod)
