-- What PostgreSQL 16 added.
SET search_path = regress;
CREATE VIEW json_made AS SELECT JSON_OBJECT('a': 1, 'b': ARRAY[1, 2] ABSENT ON NULL) AS o, JSON_ARRAY(1, 'x' NULL ON NULL RETURNING jsonb) AS a, '{}' IS JSON OBJECT WITH UNIQUE KEYS AS j,
    JSON_OBJECTAGG(name: age) AS oa FROM person;
CREATE VIEW any_values AS SELECT any_value(name) AS n, 1_000 AS k, 0xFF AS h, SYSTEM_USER AS s FROM person;
CREATE TABLE storages (a text STORAGE MAIN, b jsonb STORAGE EXTENDED);
