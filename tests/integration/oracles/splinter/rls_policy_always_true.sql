-- Every permissive policy in force for everybody with a condition that is always true: USING for UPDATE, DELETE
-- and ALL, WITH CHECK for all that write. USING (true) for SELECT is let pass, and a missing clause counts as
-- true where it means that.
-- rule: policy_always_true
SELECT concat_ws('.', s.nspname, t.relname, p.polname) AS subject
FROM pg_policy AS p
JOIN pg_class AS t ON t.oid = p.polrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
CROSS JOIN LATERAL (
    SELECT replace(pg_get_expr(p.polqual, p.polrelid), ' ', '') IN ('true', '(true)', '1=1', '(1=1)'),
           replace(pg_get_expr(p.polwithcheck, p.polrelid), ' ', '') IN ('true', '(true)', '1=1', '(1=1)')
) AS always (reading, writing)
WHERE t.relkind = 'r' AND t.relrowsecurity AND p.polpermissive AND p.polroles = '{0}'
  AND s.nspname !~ '^pg_|^information_schema$'
  AND (
      p.polcmd IN ('w', 'd', '*') AND coalesce(reading, true)
      OR p.polcmd = 'a' AND coalesce(writing, true)
      OR p.polcmd IN ('w', '*') AND writing
  )
