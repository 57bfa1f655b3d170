-- What PostgreSQL 14 and newer add (and an extension: the wheel of 13 has none).

CREATE SCHEMA extra;
CREATE EXTENSION btree_gist WITH SCHEMA extra;
CREATE INDEX with_class ON nasty."Order" USING gist (price extra.gist_numeric_ops);

CREATE FUNCTION nasty.atomic(n integer) RETURNS bigint LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT count(*) FROM nasty.egg WHERE egg.id > n; SELECT count(*) FROM nasty.a_view_on_v1; END;
-- A default that reads the table that it is a default of.
CREATE TABLE nasty.counted_rows (n bigint);
CREATE FUNCTION nasty.count_rows() RETURNS bigint LANGUAGE sql STABLE RETURN (SELECT count(*) FROM nasty.counted_rows);
ALTER TABLE nasty.counted_rows ALTER COLUMN n SET DEFAULT nasty.count_rows();
CREATE VIEW nasty.uses_atomic AS SELECT nasty.atomic(1) AS a, nasty.count_rows() AS c;
CREATE FUNCTION nasty.reads_multirange(nasty.texts, datemultirange) RETURNS text LANGUAGE sql AS 'SELECT $1::text';
CREATE TYPE nasty.spans AS RANGE (SUBTYPE = bigint, MULTIRANGE_TYPE_NAME = nasty."Many spans");
CREATE TABLE nasty.of_spans (s nasty."Many spans", t nasty.spans DEFAULT 'empty');
CREATE PROCEDURE nasty.out(OUT x integer, INOUT y text) LANGUAGE sql BEGIN ATOMIC SELECT 1 AS x, 'a' AS y; END;

-- A circle of two views and a function.
CREATE VIEW nasty.y_circle AS SELECT 1 AS a, 'x'::text AS b;
CREATE VIEW nasty.z_circle AS SELECT * FROM nasty.y_circle;
CREATE FUNCTION nasty.circle_body() RETURNS SETOF nasty.z_circle LANGUAGE sql
    BEGIN ATOMIC SELECT * FROM nasty.z_circle; END;
CREATE OR REPLACE VIEW nasty.y_circle AS SELECT a, b FROM nasty.circle_body() WHERE a > 1;
