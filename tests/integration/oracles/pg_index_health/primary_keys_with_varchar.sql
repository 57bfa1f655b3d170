-- Every primary key with a varchar or char of 32, 36 or 38 characters: the lengths of a UUID as text.
-- rule: uuid_as_text
-- compared by: relation
SELECT DISTINCT concat_ws('.', s.nspname, t.relname) AS subject
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid AND NOT t.relispartition
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = ANY (k.conkey)
WHERE k.contype = 'p' AND s.nspname !~ '^pg_|^information_schema$'
  AND c.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND c.atttypmod IN (36, 40, 42)
