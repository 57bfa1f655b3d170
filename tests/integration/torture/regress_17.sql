-- What PostgreSQL 17 added.
SET search_path = regress;
CREATE VIEW json_tables AS SELECT * FROM JSON_TABLE('[{"a": 1}]'::jsonb, '$[*]' COLUMNS (o FOR ORDINALITY, a integer PATH '$.a' DEFAULT 0 ON EMPTY, NESTED PATH '$.x[*]' COLUMNS (y text PATH '$'))) AS jt;
CREATE VIEW json_values AS SELECT JSON_VALUE('{}'::jsonb, '$.a' RETURNING integer DEFAULT 1 ON ERROR) AS v, JSON_QUERY('{}'::jsonb, '$' WITH WRAPPER) AS q, JSON_EXISTS('{}'::jsonb, '$.a') AS e;
CREATE TABLE p_identity (id bigint GENERATED ALWAYS AS IDENTITY (START 5), k integer) PARTITION BY LIST (k);
CREATE TABLE p_identity_1 PARTITION OF p_identity FOR VALUES IN (1);
GRANT MAINTAIN ON person TO regress_reader;
CREATE OR REPLACE PROCEDURE merges17() LANGUAGE sql BEGIN ATOMIC
    MERGE INTO a_side t USING b_side s ON t.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING merge_action(), t.id;
END;
