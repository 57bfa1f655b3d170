-- Every table, index, sequence, view, function and constraint whose name has as many characters as a name can
-- have bytes: it may have been cut.
-- rule: name_near_limit
-- with: thresholds.long_name_bytes = 63
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'S', 'v', 'm') AND length(t.relname) = 63 AND s.nspname !~ '^pg_|^information_schema$'
UNION ALL
SELECT concat_ws('.', s.nspname, t.relname, c.relname)
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE length(c.relname) = 63 AND s.nspname !~ '^pg_|^information_schema$'
UNION
SELECT concat_ws('.', s.nspname, t.relname, k.conname)
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE length(k.conname) = 63 AND s.nspname !~ '^pg_|^information_schema$'
UNION
SELECT format('%s.%s(%s)', s.nspname, f.proname, pg_get_function_identity_arguments(f.oid))
FROM pg_proc AS f
JOIN pg_namespace AS s ON s.oid = f.pronamespace
WHERE length(f.proname) = 63 AND s.nspname !~ '^pg_|^information_schema$'
