-- Every CHECK and foreign key that is not validated, those of domains among them.
-- rule: constraint_not_validated, constraint_not_enforced
SELECT concat_ws('.', s.nspname, coalesce(t.relname, y.typname), k.conname) AS subject
FROM pg_constraint AS k
JOIN pg_namespace AS s ON s.oid = k.connamespace
LEFT JOIN pg_class AS t ON t.oid = k.conrelid
LEFT JOIN pg_type AS y ON y.oid = k.contypid
WHERE k.contype IN ('c', 'f') AND NOT k.convalidated AND s.nspname !~ '^pg_|^information_schema$'
