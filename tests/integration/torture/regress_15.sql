-- What PostgreSQL 15 added.
SET search_path = regress;
CREATE TABLE nulls (a integer UNIQUE NULLS NOT DISTINCT, b integer, CONSTRAINT nnd UNIQUE NULLS NOT DISTINCT (b, a));
CREATE UNIQUE INDEX nulls_i ON nulls (b) NULLS NOT DISTINCT WHERE a > 0;
CREATE TABLE set_some (a integer, b integer DEFAULT 3, FOREIGN KEY (a, b) REFERENCES a_side (x, y) ON DELETE SET DEFAULT (b));
CREATE VIEW invoker WITH (security_invoker = true, check_option = cascaded) AS SELECT name FROM person;
CREATE UNLOGGED SEQUENCE unlogged_seq;
CREATE TABLE num_scale (a numeric(3, -2), b numeric(2, 5));
CREATE OR REPLACE PROCEDURE merges() LANGUAGE sql BEGIN ATOMIC
    MERGE INTO a_side t USING b_side s ON t.id = s.id WHEN MATCHED AND s.x > 1 THEN UPDATE SET x = s.x WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id);
END;
CREATE TABLE p_set (a integer, b integer, FOREIGN KEY (a, b) REFERENCES p_key (id, part) ON DELETE SET NULL (a)) PARTITION BY HASH (a);
CREATE TABLE p_set_0 PARTITION OF p_set FOR VALUES WITH (MODULUS 1, REMAINDER 0);
