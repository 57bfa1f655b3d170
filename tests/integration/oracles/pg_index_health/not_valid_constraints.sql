-- Every CHECK and foreign key that is not validated; those of domains told here with the domain.
-- rule: constraint_not_validated
-- or: constraint_not_enforced
SELECT DISTINCT concat_ws('.', s.nspname, coalesce(t.relname, y.typname), CASE WHEN k.contypid = 0 THEN k.conname END)
           AS subject
FROM pg_constraint AS k
JOIN pg_namespace AS s ON s.oid = k.connamespace
LEFT JOIN pg_class AS t ON t.oid = k.conrelid
LEFT JOIN pg_type AS y ON y.oid = k.contypid
WHERE k.contype IN ('c', 'f') AND NOT k.convalidated AND s.nspname !~ '^pg_|^information_schema$'
