-- Pairs of foreign keys of a table to the same table that have some column, but not all, in common.
-- rule: overlapping_foreign_key
SELECT concat_ws('.', s.nspname, t.relname) AS subject,
       ARRAY[concat_ws('.', s.nspname, t.relname, a.conname), concat_ws('.', s.nspname, t.relname, b.conname)]
           AS members
FROM pg_constraint AS a
JOIN pg_constraint AS b
  ON b.conrelid = a.conrelid AND b.confrelid = a.confrelid AND b.contype = 'f' AND b.conname > a.conname
JOIN pg_class AS t ON t.oid = a.conrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE a.contype = 'f' AND a.conparentid = 0 AND s.nspname !~ '^pg_|^information_schema$'
  AND a.conkey && b.conkey AND a.conkey <> b.conkey
