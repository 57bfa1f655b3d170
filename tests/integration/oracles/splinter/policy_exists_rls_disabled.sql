-- Every ordinary table that has a policy while row security is not enabled.
-- rule: policy_without_row_security
SELECT DISTINCT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_policy AS p
JOIN pg_class AS t ON t.oid = p.polrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind = 'r' AND NOT t.relrowsecurity AND s.nspname !~ '^pg_|^information_schema$'
