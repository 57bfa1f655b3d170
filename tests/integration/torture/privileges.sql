-- Owners and grants of everything that has them, given on, taken away, by roles with names that hurt.

CREATE ROLE priv_owner;
CREATE ROLE "priv; DROP ""TABLE"" 'x' -- \n";
CREATE ROLE "current_user";
CREATE ROLE "Priv Ünïcode/role";
CREATE ROLE "all";
CREATE ROLE priv_second;
CREATE ROLE priv_third;

CREATE SCHEMA priv AUTHORIZATION priv_owner;
CREATE SCHEMA "priv ""Sch;ema" AUTHORIZATION "priv; DROP ""TABLE"" 'x' -- \n";
GRANT USAGE ON SCHEMA priv TO PUBLIC;
GRANT USAGE, CREATE ON SCHEMA priv TO "priv; DROP ""TABLE"" 'x' -- \n" WITH GRANT OPTION;
GRANT USAGE ON SCHEMA "priv ""Sch;ema" TO "all", "current_user";
REVOKE CREATE ON SCHEMA "priv ""Sch;ema" FROM "priv; DROP ""TABLE"" 'x' -- \n";

-- Relations of every kind
CREATE TABLE priv.t (a integer, "b ""; c" text, serial_column serial,
    id integer GENERATED ALWAYS AS IDENTITY, c integer);
ALTER TABLE priv.t OWNER TO priv_owner;
CREATE VIEW priv.v AS SELECT a, "b ""; c" FROM priv.t;
ALTER VIEW priv.v OWNER TO "current_user";
CREATE MATERIALIZED VIEW priv.m AS SELECT a FROM priv.t WITH NO DATA;
ALTER MATERIALIZED VIEW priv.m OWNER TO "all";
CREATE MATERIALIZED VIEW priv.filled AS SELECT 1 AS one;
ALTER MATERIALIZED VIEW priv.filled OWNER TO priv_second;
CREATE MATERIALIZED VIEW priv.filled_through_grant AS SELECT c FROM priv.t;
ALTER MATERIALIZED VIEW priv.filled_through_grant OWNER TO priv_third;
GRANT SELECT ON priv.t TO priv_third;
CREATE TABLE priv.p (a integer PRIMARY KEY, s serial) PARTITION BY LIST (a);
CREATE TABLE priv.p_1 PARTITION OF priv.p FOR VALUES IN (1);
ALTER TABLE priv.p OWNER TO priv_owner;
ALTER TABLE priv.p_1 OWNER TO "Priv Ünïcode/role";
CREATE SEQUENCE priv."Seq";
ALTER SEQUENCE priv."Seq" OWNER TO priv_second;

-- The whole list, a part of it, the owner's own part, nothing at all
GRANT ALL ON priv.t TO "all";
GRANT SELECT, INSERT ON priv.t TO PUBLIC;
GRANT UPDATE, DELETE ON priv.t TO "priv; DROP ""TABLE"" 'x' -- \n" WITH GRANT OPTION;
REVOKE TRUNCATE, TRIGGER ON priv.t FROM priv_owner;
REVOKE ALL ON priv.m FROM "all";
GRANT SELECT ON priv.v TO priv_second;
GRANT SELECT ON priv.p TO priv_second;
GRANT INSERT ON priv.p_1 TO priv_second;
-- granted and revoked: as if nothing had been
GRANT SELECT ON priv.filled TO PUBLIC;
REVOKE SELECT ON priv.filled FROM PUBLIC;

-- Columns
GRANT SELECT (a), UPDATE (a, "b ""; c"), REFERENCES (c) ON priv.t TO "current_user";
GRANT ALL (c) ON priv.t TO priv_second WITH GRANT OPTION;
GRANT SELECT ("b ""; c") ON priv.v TO PUBLIC;
GRANT SELECT (a) ON priv.m TO priv_second;

-- Given on by others, in a chain
SET SESSION AUTHORIZATION "priv; DROP ""TABLE"" 'x' -- \n";
GRANT UPDATE ON priv.t TO priv_second WITH GRANT OPTION;
GRANT DELETE ON priv.t TO PUBLIC;
GRANT USAGE ON SCHEMA priv TO priv_second;
GRANT UPDATE (a) ON priv.t TO "Priv Ünïcode/role";
SET SESSION AUTHORIZATION priv_second;
GRANT UPDATE ON priv.t TO "Priv Ünïcode/role", "all";
GRANT SELECT (c), INSERT (c) ON priv.t TO "all";
RESET SESSION AUTHORIZATION;

-- Sequences
GRANT USAGE, SELECT ON SEQUENCE priv."Seq" TO "all";
GRANT ALL ON SEQUENCE priv.t_serial_column_seq TO priv_second;
GRANT USAGE ON SEQUENCE priv.t_id_seq TO "current_user" WITH GRANT OPTION;
REVOKE ALL ON SEQUENCE priv.p_s_seq FROM priv_owner;

-- Routines: what PUBLIC may do by itself is taken away
CREATE FUNCTION priv.f(IN a integer DEFAULT 1, OUT b text, VARIADIC c text[] DEFAULT '{}') LANGUAGE sql AS 'SELECT ''''::text';
ALTER FUNCTION priv.f(integer, text[]) OWNER TO "all";
REVOKE ALL ON FUNCTION priv.f(integer, text[]) FROM PUBLIC;
CREATE FUNCTION priv.owner_may_not() RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION priv.owner_may_not() OWNER TO priv_second;
REVOKE ALL ON FUNCTION priv.owner_may_not() FROM PUBLIC, priv_second;
CREATE PROCEDURE priv."Pro c"(INOUT x integer) LANGUAGE sql AS 'SELECT 1';
ALTER PROCEDURE priv."Pro c"(integer) OWNER TO "Priv Ünïcode/role";
GRANT EXECUTE ON PROCEDURE priv."Pro c"(integer) TO priv_second WITH GRANT OPTION;
CREATE AGGREGATE priv.total(integer) (SFUNC = int4pl, STYPE = integer);
CREATE AGGREGATE priv.counted(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE priv.disc(double precision ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE priv.least_of(ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = mode_final, FINALFUNC_EXTRA);
CREATE AGGREGATE priv.hypo(VARIADIC "any" ORDER BY VARIADIC "any") (
    SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
ALTER AGGREGATE priv.total(integer) OWNER TO priv_owner;
ALTER AGGREGATE priv.counted(*) OWNER TO priv_owner;
ALTER AGGREGATE priv.disc(double precision ORDER BY anyelement) OWNER TO priv_owner;
REVOKE ALL ON FUNCTION priv.total(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION priv.counted() FROM PUBLIC;
REVOKE ALL ON FUNCTION priv.disc(double precision, anyelement) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION priv.least_of(anyelement) TO "all";
GRANT EXECUTE ON FUNCTION priv.hypo(VARIADIC "any") TO "all" WITH GRANT OPTION;

-- Types
CREATE TYPE priv.enum AS ENUM ('a');
CREATE TYPE priv.composite AS (x integer);
CREATE TYPE priv.range AS RANGE (SUBTYPE = integer);
CREATE DOMAIN priv.domain AS integer CHECK (VALUE > 0);
ALTER TYPE priv.enum OWNER TO "all";
ALTER TYPE priv.composite OWNER TO "current_user";
ALTER TYPE priv.range OWNER TO priv_second;
ALTER DOMAIN priv.domain OWNER TO "priv; DROP ""TABLE"" 'x' -- \n";
REVOKE USAGE ON TYPE priv.enum FROM PUBLIC;
REVOKE USAGE ON TYPE priv.composite FROM PUBLIC, "current_user";
GRANT USAGE ON TYPE priv.range TO priv_owner WITH GRANT OPTION;
REVOKE ALL ON DOMAIN priv.domain FROM PUBLIC;
GRANT USAGE ON DOMAIN priv.domain TO "all";

-- Foreign data
CREATE FOREIGN DATA WRAPPER "priv ""wrapper";
CREATE SERVER "priv ""server" FOREIGN DATA WRAPPER "priv ""wrapper";
ALTER SERVER "priv ""server" OWNER TO priv_owner;
GRANT USAGE ON FOREIGN DATA WRAPPER "priv ""wrapper" TO "all";
GRANT USAGE ON FOREIGN SERVER "priv ""server" TO PUBLIC;
GRANT USAGE ON FOREIGN SERVER "priv ""server" TO "current_user" WITH GRANT OPTION;

CREATE FOREIGN TABLE priv.ft (a integer) SERVER "priv ""server";
ALTER FOREIGN TABLE priv.ft OWNER TO priv_second;
GRANT SELECT (a) ON priv.ft TO "all";
REVOKE DELETE ON priv.ft FROM priv_second;

-- Other owners
CREATE STATISTICS priv.st (dependencies) ON a, c FROM priv.t;
ALTER STATISTICS priv.st OWNER TO priv_owner;

-- Default privileges, of all schemas and of one
ALTER DEFAULT PRIVILEGES FOR ROLE "priv; DROP ""TABLE"" 'x' -- \n" GRANT SELECT, INSERT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE priv_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE priv_owner REVOKE ALL ON TYPES FROM PUBLIC, priv_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE priv_owner REVOKE ALL ON TABLES FROM priv_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE priv_owner GRANT SELECT ON TABLES TO priv_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE "all" GRANT USAGE ON SCHEMAS TO "current_user" WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE "all" GRANT ALL ON SEQUENCES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE priv_owner IN SCHEMA "priv ""Sch;ema" GRANT ALL ON TABLES TO priv_owner, "all";
ALTER DEFAULT PRIVILEGES FOR ROLE priv_owner IN SCHEMA priv GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE priv_owner IN SCHEMA priv GRANT USAGE ON TYPES TO "Priv Ünïcode/role" WITH GRANT OPTION;

-- The schema that is there already
GRANT ALL ON SCHEMA public TO priv_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
