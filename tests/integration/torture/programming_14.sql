-- Since PostgreSQL 14: bodies that are parsed when a routine is made, multirange types, subscripts.
SET search_path = '';
CREATE SCHEMA programming_14;

CREATE FUNCTION programming_14.after_all(b "Prog ""ramming"."Base" DEFAULT '3') RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN b OPERATOR("Prog ""ramming".<) '7'::"Prog ""ramming"."Base"
       AND b OPERATOR("Prog ""ramming".=) 'red'::"Prog ""ramming"."Color; drop"::"Prog ""ramming"."Base";
CREATE FUNCTION programming_14.sorted() RETURNS SETOF "Prog ""ramming"."Base"
    LANGUAGE sql STABLE SET search_path = ''
    BEGIN ATOMIC
        SELECT DISTINCT id FROM programming_2.user_of_all WHERE t <> 'BEGIN ATOMIC' ORDER BY id;
        SELECT id FROM "Prog ""ramming".a_view WHERE t <> 'a; b';
    END;
CREATE PROCEDURE programming_14.changes(OUT n integer, INOUT m integer DEFAULT 2)
    LANGUAGE sql
    BEGIN ATOMIC
        INSERT INTO programming_2.user_of_all (id, other) VALUES ('1', '2') ON CONFLICT (id) DO NOTHING;
        SELECT 1, 2;
    END;
COMMENT ON PROCEDURE programming_14.changes(OUT integer, INOUT integer) IS 'with OUT';
ALTER PROCEDURE programming_14.changes OWNER TO programming_owner;
-- Grouped by the key of the table, which must be there.
CREATE FUNCTION programming_14.by_key() RETURNS TABLE (id "Prog ""ramming"."Base", t text)
    LANGUAGE sql BEGIN ATOMIC SELECT id, t FROM programming_2.user_of_all GROUP BY id; END;

-- Tables and views and the routines that need them that they need.
CREATE TABLE programming_14.counts (a integer);
CREATE FUNCTION programming_14.how_many(a integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE RETURN (SELECT count(*) FROM programming_14.counts WHERE counts.a = how_many.a);
ALTER TABLE programming_14.counts ADD COLUMN same bigint DEFAULT programming_14.how_many(5),
    ADD CONSTRAINT not_too_many CHECK (programming_14.how_many(a) < 100);
-- A column computed by a function that reads the table of that column: pg_dump finds no order for these.
CREATE TABLE programming_14.computed (a integer);
CREATE FUNCTION programming_14.compute(a integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT count(*) FROM programming_14.computed WHERE computed.a = compute.a; END;
ALTER TABLE programming_14.computed
    ADD COLUMN result bigint GENERATED ALWAYS AS (programming_14.compute(a)) STORED, ADD COLUMN b text;
COMMENT ON FUNCTION programming_14.compute(integer) IS 'first without its body';
-- Functions with parsed bodies that call each other through a view.
CREATE FUNCTION programming_14.first(n integer DEFAULT 1) RETURNS integer LANGUAGE sql RETURN n;
CREATE FUNCTION programming_14.second() RETURNS integer LANGUAGE sql RETURN programming_14.first();
CREATE OR REPLACE FUNCTION programming_14.first(n integer DEFAULT 1) RETURNS integer
    LANGUAGE sql RETURN programming_14.second() + n;
CREATE VIEW programming_14.circle AS SELECT 1 AS n;
CREATE FUNCTION programming_14.circle_rows() RETURNS bigint LANGUAGE sql RETURN (SELECT count(*) FROM programming_14.circle);
CREATE OR REPLACE VIEW programming_14.circle AS SELECT programming_14.circle_rows()::integer AS n;

CREATE TYPE programming_14.spans AS RANGE (
    SUBTYPE = "Prog ""ramming"."Base", MULTIRANGE_TYPE_NAME = "Prog ""ramming"."Many; spans"
);
CREATE TABLE programming_14.of_many (m "Prog ""ramming"."Many; spans"[], u programming_2.days);
CREATE FUNCTION programming_14.poly(anycompatible, anycompatiblearray, anymultirange) RETURNS anyrange
    LANGUAGE sql AS 'SELECT NULL';

CREATE TYPE programming_14.subscripted;
CREATE FUNCTION programming_14.sub_in(cstring) RETURNS programming_14.subscripted
    LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION programming_14.sub_out(programming_14.subscripted) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE programming_14.subscripted (
    INPUT = programming_14.sub_in, OUTPUT = programming_14.sub_out, SUBSCRIPT = raw_array_subscript_handler,
    ELEMENT = integer, STORAGE = main
);
