-- Every function with SECURITY DEFINER that everybody may execute, triggers among them; whether everybody may
-- use its schema does not matter to it. (It asks for the two roles of its programming interface.)
-- rule: security_definer_for_everyone
SELECT format('%s.%s(%s)', s.nspname, f.proname, pg_get_function_identity_arguments(f.oid)) AS subject
FROM pg_proc AS f
JOIN pg_namespace AS s ON s.oid = f.pronamespace
WHERE f.prosecdef AND s.nspname !~ '^pg_|^information_schema$'
  AND has_function_privilege('public', f.oid, 'EXECUTE')
