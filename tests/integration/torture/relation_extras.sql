-- Rules, extended statistics, and how columns are stored.

CREATE SCHEMA extras;
CREATE SCHEMA "Extras ""; 2";

-- Rules
CREATE TABLE extras."T ""x" (id integer PRIMARY KEY, "b;" text, n integer DEFAULT 0, gone integer);
ALTER TABLE extras."T ""x" DROP COLUMN gone;
CREATE TABLE extras.log (id integer, at timestamptz DEFAULT now(), what text);
CREATE FUNCTION extras.note(text) RETURNS void LANGUAGE sql AS 'INSERT INTO extras.log (what) VALUES ($1)';
CREATE RULE "a ""rule; --" AS ON INSERT TO extras."T ""x" WHERE new.n > 0 AND new."b;" <> ');'
    DO ALSO (INSERT INTO extras.log (id, what) VALUES (new.id, ');'); SELECT extras.note(new."b;"));
CREATE RULE notified AS ON INSERT TO extras."T ""x" DO ALSO NOTIFY "chan; nel", 'x''y\z';
CREATE RULE nothing AS ON DELETE TO extras."T ""x" DO INSTEAD NOTHING;
CREATE RULE upd AS ON UPDATE TO extras."T ""x" WHERE old.id = 1
    DO INSTEAD UPDATE extras.log SET what = new."b;" FROM extras."T ""x" other WHERE log.id = old.id AND other.id = new.id;
CREATE RULE conflict AS ON UPDATE TO extras.log
    DO ALSO INSERT INTO extras."T ""x" (id) VALUES (new.id) ON CONFLICT ON CONSTRAINT "T ""x_pkey" DO UPDATE SET n = excluded.n WHERE "T ""x".n < 5;
COMMENT ON RULE "a ""rule; --" ON extras."T ""x" IS 'a ''rule''; \ and more';
COMMENT ON RULE nothing ON extras."T ""x" IS 'none';
ALTER TABLE extras."T ""x" DISABLE RULE nothing;
ALTER TABLE extras."T ""x" ENABLE REPLICA RULE upd;
ALTER TABLE extras.log ENABLE ALWAYS RULE conflict;

CREATE VIEW extras.a_view AS SELECT id, "b;" FROM extras."T ""x";
CREATE RULE "view insert" AS ON INSERT TO extras.a_view DO INSTEAD
    INSERT INTO extras."T ""x" (id, "b;") VALUES (new.id, new."b;") RETURNING "T ""x".id, "T ""x"."b;";
CREATE RULE view_delete AS ON DELETE TO extras.a_view DO INSTEAD DELETE FROM extras."T ""x" WHERE id = old.id;
COMMENT ON RULE view_delete ON extras.a_view IS 'of a view';
-- needs a view that comes later in the alphabet, which needs the table that has the rule
CREATE VIEW extras.z_view AS SELECT count(*) AS n, 'x'::text AS t FROM extras.log;
CREATE RULE late AS ON INSERT TO extras.log DO ALSO SELECT z_view.n FROM extras.z_view WHERE z_view.t = new.what;
CREATE TABLE extras.parted (a integer, b text) PARTITION BY LIST (a);
CREATE TABLE extras.parted_1 PARTITION OF extras.parted FOR VALUES IN (1);
CREATE RULE of_parted AS ON INSERT TO extras.parted DO ALSO NOTHING;
CREATE RULE of_part AS ON DELETE TO extras.parted_1 WHERE old.a IS NULL DO INSTEAD DELETE FROM ONLY extras.log;

-- Extended statistics
CREATE FUNCTION extras.twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2 * $1';
CREATE TABLE extras.correlated (a integer, "B b" integer, c text, d numeric, ts timestamptz);
CREATE STATISTICS extras.everything ON a, "B b", c FROM extras.correlated;
CREATE STATISTICS extras."one; ""kind" (dependencies) ON "B b", a FROM extras.correlated;
CREATE STATISTICS "Extras ""; 2".elsewhere (mcv, ndistinct) ON c, d FROM extras.correlated;
ALTER STATISTICS extras.everything SET STATISTICS 0;
ALTER STATISTICS "Extras ""; 2".elsewhere SET STATISTICS 1234;
COMMENT ON STATISTICS "Extras ""; 2".elsewhere IS 'the other''s';
CREATE STATISTICS extras.of_parted ON a, b FROM extras.parted;
CREATE MATERIALIZED VIEW extras.mat AS SELECT a, c, a + 1 AS e FROM extras.correlated;
CREATE STATISTICS extras.of_mat ON a, c FROM extras.mat;

-- Storage, statistics targets, options
ALTER TABLE extras.correlated ALTER c SET STORAGE EXTERNAL, ALTER d SET STORAGE PLAIN,
    ALTER a SET STATISTICS 0, ALTER "B b" SET STATISTICS 10000,
    ALTER "B b" SET (n_distinct = -0.25, n_distinct_inherited = 500), ALTER c SET (n_distinct = 3);
ALTER MATERIALIZED VIEW extras.mat ALTER c SET STORAGE MAIN, ALTER a SET STATISTICS 7, ALTER e SET (n_distinct = 5);
CREATE TABLE extras.wide (t text, n numeric, j jsonb)
    WITH (fillfactor = 40, autovacuum_enabled = off, toast.autovacuum_enabled = off, toast.autovacuum_vacuum_cost_delay = 1.5,
          toast_tuple_target = 4080, toast.log_autovacuum_min_duration = -1);
CREATE INDEX "wide ""idx" ON extras.wide ((t || 'x'), n, (extras.twice(length(t))), lower(t));
ALTER INDEX extras."wide ""idx" ALTER COLUMN 1 SET STATISTICS 100;
ALTER INDEX extras."wide ""idx" ALTER COLUMN 4 SET STATISTICS 0;
CREATE INDEX parted_expression ON extras.parted ((a + 1));
ALTER INDEX extras.parted_expression ALTER COLUMN 1 SET STATISTICS 42;
ALTER INDEX extras.parted_1_expr_idx ALTER COLUMN 1 SET STATISTICS 43;
ALTER TABLE extras.parted ALTER a SET STATISTICS 5, ALTER b SET STORAGE EXTERNAL;
ALTER TABLE extras.parted_1 ALTER b SET STORAGE MAIN;
ALTER TABLE extras.wide ADD EXCLUDE USING gist (int4range(0, length(t)) WITH &&);
ALTER INDEX extras.wide_int4range_excl ALTER COLUMN 1 SET STATISTICS 9;
CREATE TYPE extras.row_type AS (a integer, b text);
CREATE TABLE extras.typed OF extras.row_type (b WITH OPTIONS DEFAULT 'x' NOT NULL, PRIMARY KEY (a), CHECK (b <> ''));
ALTER TABLE extras.typed ALTER b SET STORAGE EXTERNAL, ALTER a SET STATISTICS 3;

-- Children that are stored otherwise than their parents
CREATE TABLE extras.stored (x text, y text, z integer CONSTRAINT z_small CHECK (z < 10));
CREATE TABLE extras.stored_child (own text, z integer, CONSTRAINT z_small CHECK (z < 10), CONSTRAINT own_ok CHECK (own <> '')) INHERITS (extras.stored);
CREATE TABLE extras.stored_grandchild () INHERITS (extras.stored_child, extras.stored);
ALTER TABLE extras.stored ALTER x SET STORAGE EXTERNAL;
ALTER TABLE ONLY extras.stored ALTER y SET STORAGE MAIN;
ALTER TABLE extras.stored_child ALTER x SET STORAGE EXTENDED, ALTER z SET STATISTICS 11;
ALTER TABLE extras.stored_child ALTER y SET STORAGE PLAIN;

-- Options of views, identities of replicas
CREATE VIEW extras.barrier WITH (security_barrier, check_option = cascaded) AS SELECT id FROM extras."T ""x" WHERE id > 0;
CREATE VIEW extras.local_check AS SELECT id FROM extras.barrier WHERE id > 1 WITH LOCAL CHECK OPTION;
ALTER TABLE extras.log REPLICA IDENTITY NOTHING;
ALTER MATERIALIZED VIEW extras.mat SET (autovacuum_enabled = false, toast.autovacuum_enabled = false);
