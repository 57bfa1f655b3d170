-- Every valid index of several keys that is not unique, in which a key other than the last is a timestamp, with
-- or without time zone. It goes by operator classes, so expressions count and dates do not.
-- rule: timestamp_in_middle_index
SELECT DISTINCT concat_ws('.', s.nspname, t.relname, c.relname) AS subject
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid AND NOT t.relispartition
JOIN pg_namespace AS s ON s.oid = t.relnamespace
JOIN generate_series(0, i.indnatts - 2) AS place ON true
JOIN pg_opclass AS o ON o.oid = i.indclass[place] AND o.opcname IN ('timestamp_ops', 'timestamptz_ops')
WHERE i.indisvalid AND i.indisready AND NOT i.indisunique AND s.nspname !~ '^pg_|^information_schema$'
