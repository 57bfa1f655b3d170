-- Every foreign key for which no index has all its columns with the first one of the key in front, whatever
-- the order of the others, the condition and the method of the index.
-- rule: foreign_key_without_index
SELECT concat_ws('.', s.nspname, t.relname, k.conname) AS subject
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND s.nspname !~ '^pg_|^information_schema$'
  AND NOT EXISTS (
      SELECT 1 FROM pg_index AS i
      WHERE i.indrelid = t.oid AND i.indkey[0] = k.conkey[1] AND k.conkey <@ i.indkey::smallint[]
  )
