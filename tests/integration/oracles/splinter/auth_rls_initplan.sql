-- Every policy in force whose condition calls current_setting, or a function without arguments, while that call
-- is nowhere written as `SELECT call`. (It looks for the four functions of its schema `auth`; here these are
-- all functions without arguments of schemas that are not the server's.)
-- rule: row_security_per_row_call
SELECT DISTINCT concat_ws('.', s.nspname, t.relname, p.polname) AS subject
FROM pg_policy AS p
JOIN pg_class AS t ON t.oid = p.polrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
CROSS JOIN LATERAL (
    VALUES (pg_get_expr(p.polqual, p.polrelid)), (pg_get_expr(p.polwithcheck, p.polrelid))
) AS clause (condition)
CROSS JOIN LATERAL (
    SELECT 'current_setting('
    UNION ALL
    SELECT f.proname || '()' FROM pg_proc AS f
    JOIN pg_namespace AS o ON o.oid = f.pronamespace
    WHERE f.pronargs = 0 AND o.nspname !~ '^pg_|^information_schema$'
) AS watched (call)
WHERE t.relrowsecurity
  AND strpos(condition, call) > 0
  AND condition !~* ('select ([a-z_]+\.)?' || regexp_replace(call, '([()])', '\\\1', 'g'))
