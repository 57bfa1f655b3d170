-- Every ordinary table for which one role, other than those that row security does not bind and those of the
-- server, is given two permissive policies for one command. Whether row security is on does not matter to it.
-- rule: multiple_permissive_policies
SELECT DISTINCT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_policy AS p
JOIN pg_class AS t ON t.oid = p.polrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
CROSS JOIN unnest(CASE p.polcmd WHEN '*' THEN '{r,a,w,d}'::"char"[] ELSE ARRAY[p.polcmd] END) AS command
JOIN (
    SELECT oid FROM pg_roles WHERE rolname !~ '^pg_' AND NOT rolbypassrls
    UNION ALL
    SELECT 0 -- whoever comes later: the policies for PUBLIC hold for every role
) AS r ON r.oid = ANY (p.polroles) OR p.polroles = '{0}'
WHERE t.relkind = 'r' AND p.polpermissive AND s.nspname !~ '^pg_|^information_schema$'
GROUP BY s.nspname, t.relname, r.oid, command
HAVING count(*) > 1
