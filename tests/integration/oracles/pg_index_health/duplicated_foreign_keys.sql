-- Groups of foreign keys of a table to the same table with the same columns in the same order. Which columns
-- they reference does not matter to it.
-- rule: duplicate_foreign_key
SELECT concat_ws('.', s.nspname, t.relname) AS subject,
       array_agg(concat_ws('.', s.nspname, t.relname, k.conname) ORDER BY k.conname) AS members
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.coninhcount = 0 AND s.nspname !~ '^pg_|^information_schema$'
GROUP BY s.nspname, t.relname, k.confrelid, k.conkey
HAVING count(*) > 1
