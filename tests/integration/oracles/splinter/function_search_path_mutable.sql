-- Every function, procedure and aggregate that does not set search_path to the empty one. A path of certain
-- schemas does not suffice for it.
-- rule: mutable_search_path
-- with: conventions.function_search_path = "every"
SELECT format('%s.%s(%s)', s.nspname, f.proname, pg_get_function_identity_arguments(f.oid)) AS subject
FROM pg_proc AS f
JOIN pg_namespace AS s ON s.oid = f.pronamespace
WHERE s.nspname !~ '^pg_|^information_schema$'
  AND 'search_path=""' <> ALL (coalesce(f.proconfig, '{}'))
  AND NOT EXISTS (
      SELECT 1 FROM pg_depend AS d
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e'
  )
