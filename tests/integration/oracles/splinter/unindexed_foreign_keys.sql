-- Every foreign key of a table for which no valid index begins with its columns in the order of the key. The
-- number of rows, the condition and the method of the index do not matter to it.
-- rule: foreign_key_without_index
SELECT concat_ws('.', s.nspname, t.relname, k.conname) AS subject
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE k.contype = 'f'
  AND s.nspname !~ '^pg_|^information_schema$'
  AND NOT EXISTS (
      SELECT 1 FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e'
  )
  AND NOT EXISTS (
      SELECT 1 FROM pg_index AS i
      WHERE i.indrelid = t.oid AND i.indisvalid
        AND cardinality(k.conkey) <= i.indnatts
        AND NOT EXISTS (
            SELECT 1 FROM unnest(k.conkey) WITH ORDINALITY AS own (number, place)
            WHERE i.indkey[own.place - 1] <> own.number
        )
  )
