-- Every function and procedure without a comment, or with one of blanks.
-- rule: no_comment
-- of: routine
-- with: conventions.comments = "everything"
SELECT format('%s.%s(%s)', s.nspname, f.proname, pg_get_function_identity_arguments(f.oid)) AS subject
FROM pg_proc AS f
JOIN pg_namespace AS s ON s.oid = f.pronamespace
WHERE s.nspname !~ '^pg_|^information_schema$' AND coalesce(obj_description(f.oid, 'pg_proc'), '') ~ '^\s*$'
