-- Every foreign key of a table to itself that refuses a deletion: NO ACTION or RESTRICT.
-- rule: self_reference_without_cascade
-- with: conventions.self_reference = "cascade"
SELECT concat_ws('.', s.nspname, t.relname, k.conname) AS subject
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE k.contype = 'f' AND k.conrelid = k.confrelid AND k.confdeltype IN ('a', 'r')
  AND k.conparentid = 0 AND k.coninhcount = 0 AND s.nspname !~ '^pg_|^information_schema$'
