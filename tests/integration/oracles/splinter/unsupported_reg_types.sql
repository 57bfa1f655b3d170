-- Every column, of whatever relation, of one of eight reg* types. Domains and arrays of them are other types.
-- rule: reg_type_column
SELECT concat_ws('.', s.nspname, t.relname, c.attname) AS subject
FROM pg_attribute AS c
JOIN pg_class AS t ON t.oid = c.attrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE s.nspname !~ '^pg_|^information_schema$'
  AND c.atttypid IN (
      'regcollation'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype, 'regnamespace'::regtype,
      'regoper'::regtype, 'regoperator'::regtype, 'regproc'::regtype, 'regprocedure'::regtype
  )
