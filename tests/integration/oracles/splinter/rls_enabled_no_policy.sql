-- Every ordinary table with row security enabled for which there is no policy.
-- rule: row_security_without_policy
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind = 'r' AND t.relrowsecurity AND s.nspname !~ '^pg_|^information_schema$'
  AND NOT EXISTS (SELECT 1 FROM pg_policy AS p WHERE p.polrelid = t.oid)
