-- Every view without the option security_invoker that a role other than its owner may read. (It asks for the
-- two roles of its programming interface.)
-- rule: view_bypasses_row_security
SELECT DISTINCT concat_ws('.', s.nspname, v.relname) AS subject
FROM pg_class AS v
JOIN pg_namespace AS s ON s.oid = v.relnamespace
CROSS JOIN LATERAL aclexplode(v.relacl) AS g
WHERE v.relkind = 'v' AND s.nspname !~ '^pg_|^information_schema$'
  AND g.privilege_type = 'SELECT' AND g.grantee <> v.relowner
  AND NOT EXISTS (
      SELECT 1 FROM pg_options_to_table(v.reloptions) AS o
      WHERE o.option_name = 'security_invoker' AND o.option_value::boolean
  )
  AND NOT EXISTS (
      SELECT 1 FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = v.oid AND d.deptype = 'e'
  )
