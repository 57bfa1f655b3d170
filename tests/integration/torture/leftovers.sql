-- What hangs between objects and extensions, and what children say again that their parents have.

CREATE ROLE leftovers_owner;
CREATE ROLE "Left; ""over"" role";
CREATE SCHEMA leftovers;
CREATE SCHEMA "Left ""overs";

-- A child's own generated column that its parent has too. Before PostgreSQL 16 it has the parent's
-- expression, and CREATE TABLE cannot say it.
CREATE TABLE leftovers.parent (a integer, "g "";" integer GENERATED ALWAYS AS (a * 2) STORED, w integer);
CREATE TABLE leftovers.grandparent (a integer, "g "";" integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE leftovers.child (
    a integer,
    "g "";" integer GENERATED ALWAYS AS (a * 2) STORED NOT NULL,
    w integer DEFAULT 3,
    own integer GENERATED ALWAYS AS (w + 1) STORED
);
ALTER TABLE leftovers.child INHERIT leftovers.parent;
COMMENT ON COLUMN leftovers.child."g "";" IS 'also its own';
CREATE TABLE leftovers.grandchild (
    a integer,
    "g "";" integer GENERATED ALWAYS AS (a * 2) STORED NOT NULL,
    w integer DEFAULT 3,
    own integer GENERATED ALWAYS AS (w + 1) STORED,
    more integer
);
ALTER TABLE leftovers.grandchild INHERIT leftovers.child;
CREATE TABLE leftovers.of_both ("g "";" integer) INHERITS (leftovers.parent, leftovers.grandparent);
CREATE TABLE leftovers.other_order (
    w integer,
    "g "";" integer GENERATED ALWAYS AS (a * 2) STORED,
    a integer
);
ALTER TABLE leftovers.other_order INHERIT leftovers.parent;
CREATE TABLE leftovers.merged ("g "";" integer) INHERITS (leftovers.parent);

-- What is dropped with an extension
CREATE FUNCTION "Left ""overs"."f; '"(a integer, OUT b text, VARIADIC c text[]) LANGUAGE sql AS $$SELECT 'x'$$;
ALTER FUNCTION "Left ""overs"."f; '" DEPENDS ON EXTENSION plpgsql;
CREATE PROCEDURE leftovers.p(a integer) LANGUAGE sql AS 'SELECT 1';
ALTER PROCEDURE leftovers.p DEPENDS ON EXTENSION plpgsql;
CREATE AGGREGATE leftovers.agg(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
ALTER ROUTINE leftovers.agg() DEPENDS ON EXTENSION plpgsql;
CREATE AGGREGATE leftovers.ordered(double precision ORDER BY double precision) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_cont_float8_final
);
ALTER FUNCTION leftovers.ordered(double precision, double precision) DEPENDS ON EXTENSION plpgsql;
CREATE FUNCTION leftovers.trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';

CREATE TABLE leftovers."Part; ed" (a integer PRIMARY KEY, b integer) PARTITION BY RANGE (a);
CREATE TABLE leftovers.part_1 PARTITION OF leftovers."Part; ed" FOR VALUES FROM (1) TO (10);
CREATE INDEX "i ""x" ON leftovers."Part; ed" (b);
CREATE INDEX only_1 ON leftovers.part_1 ((a + b));
ALTER INDEX leftovers."i ""x" DEPENDS ON EXTENSION plpgsql;
ALTER INDEX leftovers.part_1_b_idx DEPENDS ON EXTENSION plpgsql;
ALTER INDEX leftovers."Part; ed_pkey" DEPENDS ON EXTENSION plpgsql;
ALTER INDEX leftovers.part_1_pkey DEPENDS ON EXTENSION plpgsql;
ALTER INDEX leftovers.only_1 DEPENDS ON EXTENSION plpgsql;
CREATE TRIGGER "t ""r" AFTER INSERT ON leftovers."Part; ed" FOR EACH ROW EXECUTE FUNCTION leftovers.trg();
ALTER TRIGGER "t ""r" ON leftovers."Part; ed" DEPENDS ON EXTENSION plpgsql;
ALTER TRIGGER "t ""r" ON leftovers.part_1 DEPENDS ON EXTENSION plpgsql;
ALTER TABLE leftovers.part_1 DISABLE TRIGGER "t ""r";
CREATE TRIGGER own BEFORE DELETE ON leftovers.part_1 FOR EACH STATEMENT EXECUTE FUNCTION leftovers.trg();
ALTER TRIGGER own ON leftovers.part_1 DEPENDS ON EXTENSION plpgsql;

CREATE MATERIALIZED VIEW "Left ""overs"."m ;" AS SELECT 1 AS a;
ALTER MATERIALIZED VIEW "Left ""overs"."m ;" DEPENDS ON EXTENSION plpgsql;
ALTER MATERIALIZED VIEW "Left ""overs"."m ;" OWNER TO leftovers_owner;
CREATE UNIQUE INDEX ON "Left ""overs"."m ;" (a);
ALTER INDEX "Left ""overs"."m ;_a_idx" DEPENDS ON EXTENSION plpgsql;

-- Grants on what belongs to the system: given, taken away, with the grant option, on columns, given on
GRANT CREATE ON SCHEMA pg_catalog TO leftovers_owner;
GRANT SELECT ON pg_catalog.pg_authid TO "Left; ""over"" role";
GRANT SELECT (rolname, rolpassword), UPDATE (rolname) ON pg_catalog.pg_authid TO leftovers_owner WITH GRANT OPTION;
SET SESSION AUTHORIZATION leftovers_owner;
GRANT SELECT (rolpassword) ON pg_catalog.pg_authid TO "Left; ""over"" role";
RESET SESSION AUTHORIZATION;
REVOKE SELECT ON pg_catalog.pg_prepared_xacts FROM PUBLIC;
REVOKE SELECT (subname) ON pg_catalog.pg_subscription FROM PUBLIC;
REVOKE ALL ON pg_catalog.pg_sequence FROM CURRENT_USER;
GRANT SELECT, INSERT ON pg_catalog.pg_sequence TO leftovers_owner;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO leftovers_owner WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_terminate_backend FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.count(), pg_catalog.percentile_cont(double precision, interval) FROM PUBLIC;
REVOKE USAGE ON TYPE pg_catalog."char", pg_catalog.path, pg_catalog.bool FROM PUBLIC;
GRANT USAGE ON TYPE pg_catalog.int4 TO leftovers_owner;
-- changed and changed back: as it was
REVOKE SELECT ON pg_catalog.pg_roles FROM PUBLIC;
GRANT SELECT ON pg_catalog.pg_roles TO PUBLIC;

-- … and on what belongs to an extension
GRANT USAGE ON LANGUAGE plpgsql TO leftovers_owner WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION pg_catalog.plpgsql_inline_handler(internal) TO leftovers_owner;
REVOKE EXECUTE ON FUNCTION pg_catalog.plpgsql_call_handler() FROM PUBLIC;
