-- Columns that parents got when their children were there already, and children that got parents late.
CREATE SCHEMA "Late";
SET search_path = "Late";

-- The usual case, with everything that can be said of the column afterwards
CREATE TABLE p (a integer);
CREATE TABLE c (b integer) INHERITS (p);
CREATE TABLE g (e integer) INHERITS (c);
ALTER TABLE p ADD COLUMN d integer DEFAULT 5 NOT NULL CHECK (d > 0), ADD COLUMN "D ""quoted""" varchar(7) COLLATE "C";
ALTER TABLE p ADD CONSTRAINT "both sides" CHECK (a <> d), ADD CONSTRAINT mine CHECK (d < 9) NO INHERIT;
ALTER TABLE p ADD CONSTRAINT unsure CHECK (d <> 4) NOT VALID;
ALTER TABLE p ADD PRIMARY KEY (d), ADD UNIQUE (a, "D ""quoted"""), ADD EXCLUDE USING btree ("D ""quoted""" WITH =);
ALTER TABLE c ALTER d SET DEFAULT 6, ADD CHECK (d < b), ADD CONSTRAINT "both sides" CHECK (a <> d);
ALTER TABLE g ALTER d DROP DEFAULT, ALTER "D ""quoted""" SET DEFAULT 'x', ADD UNIQUE (d);
COMMENT ON COLUMN p.d IS 'late';
COMMENT ON COLUMN g.d IS 'late and inherited';
COMMENT ON CONSTRAINT p_d_check ON c IS 'a copy';
ALTER TABLE p ALTER "D ""quoted""" SET STORAGE PLAIN;
ALTER TABLE c ALTER d SET STATISTICS 7;
CREATE INDEX ON c ((d + b)) WHERE d > 1;
CREATE STATISTICS late_statistics ON d, e FROM g;
CREATE VIEW reads_late AS SELECT p.*, p AS whole FROM p WHERE d > 3;
CREATE FUNCTION takes_row(p) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1.d';
CREATE VIEW calls AS SELECT g.*, takes_row(g::p) FROM g;
CREATE TABLE holds_row (r p, s c[], CHECK ((r).d > 0));
CREATE TABLE references_late (d integer REFERENCES p (d));

-- Made when the parent had some of its columns, with a column of its own each time; a grandchild first
CREATE TABLE grows (a0 integer);
CREATE TABLE z_first (own1 integer) INHERITS (grows);
CREATE TABLE first_of_first (own0 integer) INHERITS (z_first);
ALTER TABLE grows ADD COLUMN a1 serial;
CREATE TABLE second (own2 integer) INHERITS (grows);
ALTER TABLE z_first ADD COLUMN own3 text DEFAULT 'own';
ALTER TABLE grows ADD COLUMN a2 text DEFAULT 'late' NOT NULL, ADD COLUMN a3 integer GENERATED ALWAYS AS (a0 * 2) STORED;
CREATE TABLE third (own4 integer, a2 text DEFAULT 'mine', a0 integer) INHERITS (grows);
ALTER TABLE grows ADD COLUMN gone integer;
ALTER TABLE grows ADD COLUMN a4 integer;
ALTER TABLE grows DROP COLUMN gone;
ALTER TABLE second ADD COLUMN own5 integer DEFAULT 5;
CREATE TABLE fourth () INHERITS (grows);

-- Merged from two parents, one after the other; children's own columns of the same name
CREATE TABLE left_parent (x integer, y integer DEFAULT 1);
CREATE TABLE right_parent (x integer DEFAULT 2, z integer);
CREATE TABLE both_parents (own integer) INHERITS (left_parent, right_parent);
CREATE TABLE of_both (more integer) INHERITS (both_parents, right_parent);
ALTER TABLE right_parent ADD COLUMN m integer DEFAULT 3;
ALTER TABLE left_parent ADD COLUMN m integer DEFAULT 4;
ALTER TABLE left_parent ADD COLUMN n integer;
ALTER TABLE of_both ADD COLUMN o integer DEFAULT 7 NOT NULL;
ALTER TABLE both_parents ADD COLUMN o integer;
ALTER TABLE right_parent ADD COLUMN o integer DEFAULT 8;
ALTER TABLE right_parent ADD COLUMN q date;

-- A diamond
CREATE TABLE top (t integer);
CREATE TABLE side_1 (s1 integer) INHERITS (top);
CREATE TABLE side_2 (s2 integer) INHERITS (top);
CREATE TABLE bottom (u integer) INHERITS (side_1, side_2);
ALTER TABLE top ADD COLUMN late integer CHECK (late <> 0);
ALTER TABLE side_2 ADD COLUMN late_2 integer DEFAULT 2;
ALTER TABLE bottom ALTER late SET DEFAULT 3, ALTER late SET NOT NULL, ALTER t SET NOT NULL;

-- Attached later: local and inherited at once, in an order of their own; then the parent gets another
CREATE TABLE adopter (a integer NOT NULL, b text DEFAULT 'b', CONSTRAINT sane CHECK (a > 0));
CREATE TABLE adopted (own integer, b text, a integer NOT NULL, CONSTRAINT sane CHECK (a > 0));
ALTER TABLE adopted INHERIT adopter;
ALTER TABLE adopter ADD COLUMN after_that integer DEFAULT 1;
ALTER TABLE adopter ADD CONSTRAINT sane_too CHECK (a < 100);
CREATE TABLE adopted_whole (own integer, b text, a integer NOT NULL, after_that integer, CONSTRAINT sane CHECK (a > 0), CONSTRAINT sane_too CHECK (a < 100));
ALTER TABLE adopted_whole INHERIT adopter;
-- attached, then only constraints came
CREATE TABLE strict (a integer, b integer);
CREATE TABLE lax (b integer, a integer);
ALTER TABLE lax INHERIT strict;
ALTER TABLE strict ADD CONSTRAINT a_check CHECK (a > 0), ALTER b SET NOT NULL;
-- one parent from the start, the other later
CREATE TABLE one_parent (a integer);
CREATE TABLE other_parent (x integer, b integer);
CREATE TABLE two_times (b integer, x integer) INHERITS (one_parent);
ALTER TABLE two_times INHERIT other_parent;
ALTER TABLE other_parent ADD COLUMN y integer;
ALTER TABLE one_parent ADD COLUMN y integer;
-- once a child, then again
CREATE TABLE again_parent (a integer);
CREATE TABLE again (own integer) INHERITS (again_parent);
ALTER TABLE again_parent ADD COLUMN b integer;
ALTER TABLE again NO INHERIT again_parent;
ALTER TABLE again INHERIT again_parent;
ALTER TABLE again_parent ADD COLUMN c integer;

-- Dropped in the parent alone, so that the child's are its own
CREATE TABLE drops_some (a integer, b integer, c integer);
CREATE TABLE keeps_some (own integer) INHERITS (drops_some);
ALTER TABLE drops_some ADD COLUMN d integer;
ALTER TABLE ONLY drops_some DROP COLUMN a;
ALTER TABLE drops_some DROP COLUMN c;
ALTER TABLE ONLY drops_some DROP COLUMN d;
ALTER TABLE drops_some ADD COLUMN e integer;

-- Identity, which no parent can be given together with the column
CREATE TABLE numbered (a integer);
CREATE TABLE numbered_child (own integer) INHERITS (numbered);
ALTER TABLE numbered ADD COLUMN n bigint NOT NULL;
ALTER TABLE ONLY numbered ALTER n ADD GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME "Late"."Numbers!" START WITH 10);
ALTER TABLE ONLY numbered_child ALTER n ADD GENERATED ALWAYS AS IDENTITY;

-- Defaults and checks that need something that needs the table
CREATE TABLE ring (a integer);
CREATE TABLE ring_child (own integer) INHERITS (ring);
CREATE FUNCTION of_ring(ring) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION of_child(ring_child) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER TABLE ring ADD COLUMN b integer DEFAULT of_ring(NULL) CHECK (of_child(NULL) > b);
ALTER TABLE ring_child ALTER b SET DEFAULT of_child(NULL);
CREATE VIEW on_ring AS SELECT a, of_ring(ring) FROM ring;
CREATE FUNCTION of_view(on_ring) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER TABLE ring ADD COLUMN v integer DEFAULT of_view(NULL);
CREATE DOMAIN of_rows AS ring_child[] CHECK (VALUE IS NOT NULL);
CREATE TABLE holds_rows (r of_rows DEFAULT '{}');
CREATE SEQUENCE shared_numbers OWNED BY ring.a;
ALTER TABLE ring_child ALTER a SET DEFAULT nextval('shared_numbers');

-- Foreign tables
CREATE FOREIGN DATA WRAPPER late_wrapper;
CREATE SERVER late_server FOREIGN DATA WRAPPER late_wrapper;
CREATE TABLE here (a integer);
CREATE FOREIGN TABLE there (b integer OPTIONS (column_name 'bee')) INHERITS (here) SERVER late_server;
ALTER TABLE here ADD COLUMN c integer DEFAULT 3 NOT NULL CHECK (c > 0);
ALTER FOREIGN TABLE there ALTER c OPTIONS (ADD column_name 'sea'), ALTER c SET NOT NULL;
CREATE FOREIGN TABLE beyond (x integer) INHERITS (there) SERVER late_server;
ALTER FOREIGN TABLE there ADD COLUMN d integer OPTIONS (column_name 'dee');

-- No columns at first
CREATE TABLE empty_parent ();
CREATE UNLOGGED TABLE empty_child (own integer) INHERITS (empty_parent);
ALTER TABLE empty_parent ADD COLUMN a integer DEFAULT 1, ADD COLUMN b integer[] DEFAULT '{}';
CREATE TYPE mood AS ENUM ('late', 'later');
ALTER TABLE empty_parent ADD COLUMN m mood DEFAULT 'late' NOT NULL;
GRANT SELECT (m) ON empty_child TO PUBLIC;
ALTER TABLE empty_child ENABLE ROW LEVEL SECURITY;
CREATE POLICY late_policy ON empty_child USING (m = 'late');
CREATE RULE late_rule AS ON DELETE TO empty_parent WHERE OLD.m = 'later' DO INSTEAD NOTHING;

-- A child's identity on its parent's column, and a default that needs something that needs the parent
CREATE TABLE plain_parent (a integer NOT NULL, b integer, c integer);
CREATE TABLE plain_child () INHERITS (plain_parent);
ALTER TABLE ONLY plain_child ALTER a ADD GENERATED ALWAYS AS IDENTITY;
CREATE FUNCTION of_plain(plain_parent) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER TABLE plain_parent ALTER b SET DEFAULT of_plain(NULL);
ALTER TABLE ONLY plain_parent ALTER c SET DEFAULT of_plain(NULL);
