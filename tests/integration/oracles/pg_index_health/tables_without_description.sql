-- Every table without a comment, or with one of blanks.
-- rule: no_comment
-- of: relation
-- with: conventions.comments = "tables"
SELECT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_class AS t
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND s.nspname !~ '^pg_|^information_schema$'
  AND coalesce(obj_description(t.oid, 'pg_class'), '') ~ '^\s*$'
