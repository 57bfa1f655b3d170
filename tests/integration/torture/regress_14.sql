-- What PostgreSQL 14 added.
SET search_path = regress;
CREATE FUNCTION sql_body(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE RETURN a + b;
CREATE FUNCTION sql_block(a integer) RETURNS SETOF person LANGUAGE sql
BEGIN ATOMIC
    SELECT * FROM person WHERE age = a;
    SELECT name, CASE WHEN a > 1 THEN age ELSE 0 END AS age, location FROM person;
END;
CREATE PROCEDURE sql_procedure(n text) LANGUAGE sql BEGIN ATOMIC INSERT INTO person (name) VALUES (n); DELETE FROM emp WHERE name = n; END;
CREATE VIEW on_body AS SELECT sql_body(1) AS x, (SELECT count(*) FROM sql_block(1)) AS n;
CREATE FUNCTION on_view() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(x) FROM on_body; END;
CREATE VIEW view_on_function_on_view AS SELECT on_view() AS s;
CREATE TABLE default_by_body (a integer DEFAULT sql_body(3), b integer GENERATED ALWAYS AS (sql_body(c, 1)) STORED, c integer, CHECK (sql_body(a) > 0));
CREATE TABLE compressed (a text COMPRESSION pglz, b text);
CREATE TYPE multi AS RANGE (subtype = timestamptz, multirange_type_name = multi_many);
CREATE TABLE multis (a multi, b multi_many, c int4multirange DEFAULT '{[1,3)}');
CREATE PROCEDURE out_only(OUT a integer, IN b text) LANGUAGE plpgsql AS $$ BEGIN a := 1; END $$;
CREATE STATISTICS st_expr ON (c_int4 + c_int8), lower(c_text), c_date FROM kinds;
CREATE VIEW join_alias AS SELECT j.id, a_side.x FROM a_side JOIN b_side USING (id) AS j;
CREATE VIEW searched AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SEARCH DEPTH FIRST BY n SET o CYCLE n SET is_cycle USING path SELECT n, is_cycle FROM t;
CREATE TABLE brin_multi (a integer);
CREATE INDEX brin_multi_i ON brin_multi USING brin (a int4_minmax_multi_ops (values_per_range = 16));
CREATE VIEW distinct_group AS SELECT name FROM person GROUP BY DISTINCT ROLLUP (name, age), ROLLUP (name);
