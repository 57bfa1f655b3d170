-- Every column of an integer type whose default is the next value of a sequence that it owns: serial.
-- rule: serial_column
-- with: conventions.generated_numbers = "identity"
SELECT DISTINCT concat_ws('.', s.nspname, t.relname, c.attname) AS subject
FROM pg_depend AS owned
JOIN pg_class AS q ON q.oid = owned.objid AND q.relkind = 'S'
JOIN pg_class AS t ON t.oid = owned.refobjid AND t.relkind IN ('r', 'p') AND NOT t.relispartition
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = owned.refobjsubid
JOIN pg_attrdef AS e ON e.adrelid = t.oid AND e.adnum = c.attnum
JOIN pg_depend AS used ON used.classid = 'pg_attrdef'::regclass AND used.objid = e.oid AND used.refobjid = q.oid
WHERE owned.classid = 'pg_class'::regclass AND owned.deptype = 'a'
  AND c.atttypid IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype)
  AND s.nspname !~ '^pg_|^information_schema$'
