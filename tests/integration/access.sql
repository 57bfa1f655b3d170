-- Grants of every kind, for the comparison with has_table_privilege and its like. The roles are those that
-- test_access.py drops again: all of them begin with acc_ or "Acc.
SELECT current_setting('server_version_num')::int >= 140000 AS since_14,
       current_setting('server_version_num')::int >= 150000 AS since_15,
       current_setting('server_version_num')::int >= 160000 AS since_16,
       current_setting('server_version_num')::int >= 170000 AS since_17
\gset

-- Chains of memberships: web -> app -> base; NOINHERIT at the beginning and in the middle.
CREATE ROLE acc_owner NOLOGIN;
CREATE ROLE acc_base NOLOGIN;
CREATE ROLE acc_app NOLOGIN;
CREATE ROLE acc_web LOGIN;
CREATE ROLE acc_aloof LOGIN NOINHERIT;
CREATE ROLE acc_half NOLOGIN NOINHERIT;
CREATE ROLE acc_end LOGIN;
GRANT acc_base TO acc_app;
GRANT acc_app TO acc_web;
GRANT acc_app TO acc_aloof;
GRANT acc_base TO acc_half;
GRANT acc_half TO acc_end;

-- Two ways to one role, one of them without inheritance.
CREATE ROLE acc_twice LOGIN;
GRANT acc_half, acc_app TO acc_twice;

-- Who may grant a role, and a member that it granted it to.
CREATE ROLE acc_admin LOGIN;
CREATE ROLE acc_second LOGIN;
GRANT acc_app TO acc_admin WITH ADMIN OPTION;
SET SESSION AUTHORIZATION acc_admin;
GRANT acc_app TO acc_second;
RESET SESSION AUTHORIZATION;

-- Superusers, members of superusers, roles that read and write everything.
CREATE ROLE acc_root SUPERUSER LOGIN;
CREATE ROLE acc_near_root LOGIN;
CREATE ROLE acc_becomes_root LOGIN NOINHERIT;
GRANT acc_root TO acc_near_root, acc_becomes_root;
CREATE ROLE acc_bypass LOGIN BYPASSRLS;
CREATE ROLE acc_stranger LOGIN;
CREATE ROLE acc_grantless LOGIN;
CREATE ROLE "Acc ""hostile""; DROP-- role é" LOGIN;
CREATE ROLE acc_group_of_owner NOLOGIN;
GRANT acc_owner TO acc_group_of_owner;
\if :since_14
    CREATE ROLE acc_reads LOGIN;
    CREATE ROLE acc_reads_too LOGIN;
    CREATE ROLE acc_reads_later LOGIN NOINHERIT;
    CREATE ROLE acc_writes LOGIN;
    GRANT pg_read_all_data TO acc_reads, acc_reads_later;
    GRANT acc_reads TO acc_reads_too;
    GRANT pg_write_all_data TO acc_writes;
\endif
\if :since_17
    CREATE ROLE acc_maintains LOGIN;
    GRANT pg_maintain TO acc_maintains;
\endif
\if :since_16
    CREATE ROLE acc_no_inherit LOGIN;
    CREATE ROLE acc_no_set LOGIN;
    CREATE ROLE acc_neither LOGIN;
    CREATE ROLE acc_but_inherits LOGIN NOINHERIT;
    CREATE ROLE acc_both LOGIN;
    GRANT acc_app TO acc_no_inherit WITH INHERIT FALSE;
    GRANT acc_app TO acc_no_set WITH SET FALSE;
    GRANT acc_app TO acc_neither WITH INHERIT FALSE, SET FALSE;
    GRANT acc_app TO acc_but_inherits WITH INHERIT TRUE;
    -- By two grantors, with different options.
    GRANT acc_app TO acc_both WITH INHERIT FALSE;
    SET SESSION AUTHORIZATION acc_admin;
    GRANT acc_app TO acc_both WITH INHERIT TRUE, SET FALSE;
    RESET SESSION AUTHORIZATION;
\endif

-- The database itself has another owner; it is a member of pg_database_owner without a grant.
CREATE ROLE acc_database_owner LOGIN NOINHERIT;
CREATE ROLE acc_of_database_owner LOGIN;
GRANT acc_database_owner TO acc_of_database_owner;
SELECT format('ALTER DATABASE %I OWNER TO acc_database_owner', current_database()) \gexec
SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CREATE ON DATABASE %I TO acc_app WITH GRANT OPTION', current_database()) \gexec
\if :since_14
    CREATE SCHEMA of_the_owner AUTHORIZATION pg_database_owner;
    CREATE TABLE of_the_owner.kept (id int);
    ALTER TABLE of_the_owner.kept OWNER TO pg_database_owner;
\endif

CREATE SCHEMA acc AUTHORIZATION acc_owner;
CREATE SCHEMA "Acc; hidden" AUTHORIZATION acc_owner;
CREATE SCHEMA open_to_all;
GRANT USAGE ON SCHEMA acc TO acc_base, acc_stranger;
GRANT USAGE, CREATE ON SCHEMA open_to_all TO PUBLIC;
GRANT CREATE ON SCHEMA acc TO acc_app;

-- What was there before the default privileges, and what came after.
SET ROLE acc_owner;
CREATE TABLE acc.untouched (id int, secret text);
RESET ROLE;
ALTER DEFAULT PRIVILEGES FOR ROLE acc_owner IN SCHEMA acc GRANT SELECT ON TABLES TO acc_base;
ALTER DEFAULT PRIVILEGES FOR ROLE acc_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE acc_owner REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE acc_owner REVOKE ALL ON SEQUENCES FROM acc_owner;
SET ROLE acc_owner;
CREATE TABLE acc.granted_by_default (id bigint GENERATED ALWAYS AS IDENTITY, secret text);
CREATE SEQUENCE acc.not_even_its_owner;
CREATE SEQUENCE acc.numbers;
GRANT USAGE ON SEQUENCE acc.numbers TO acc_app;
GRANT SELECT, UPDATE ON SEQUENCE acc.numbers TO acc_half WITH GRANT OPTION;

CREATE TABLE acc.chain (id int, "odd ""column""" text, plain text);
GRANT SELECT ON acc.chain TO acc_base WITH GRANT OPTION;
GRANT INSERT, UPDATE ON acc.chain TO acc_app;
GRANT DELETE ON acc.chain TO acc_half;
GRANT TRUNCATE ON acc.chain TO acc_web;
GRANT REFERENCES, TRIGGER ON acc.chain TO PUBLIC;
GRANT ALL ON acc.chain TO "Acc ""hostile""; DROP-- role é";
RESET ROLE;
SET SESSION AUTHORIZATION acc_base;
GRANT SELECT ON acc.chain TO acc_stranger;
RESET SESSION AUTHORIZATION;

SET ROLE acc_owner;
-- Nobody at all, not even the owner; and an owner that kept a part.
CREATE TABLE acc.nobody (id int);
REVOKE ALL ON acc.nobody FROM acc_owner;
REVOKE ALL ON acc.nobody FROM PUBLIC;
REVOKE SELECT ON acc.nobody FROM acc_base;
CREATE TABLE acc.owner_reads_only (id int);
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON acc.owner_reads_only FROM acc_owner;
CREATE TABLE acc.everyone (id int);
GRANT ALL ON acc.everyone TO PUBLIC;

-- Columns: beside the table's own grants, in place of them, to PUBLIC, and revoked again.
CREATE TABLE acc.by_column (id int, name text, birth date, card text);
REVOKE ALL ON acc.by_column FROM acc_base;
GRANT SELECT (id, name) ON acc.by_column TO acc_base;
GRANT UPDATE (name) ON acc.by_column TO acc_app WITH GRANT OPTION;
GRANT SELECT (id) ON acc.by_column TO PUBLIC;
GRANT INSERT (card), REFERENCES (id) ON acc.by_column TO acc_stranger;
GRANT SELECT (birth) ON acc.by_column TO acc_grantless;
REVOKE SELECT (birth) ON acc.by_column FROM acc_grantless;
GRANT SELECT ON acc.by_column TO acc_end;
GRANT SELECT (card) ON acc.by_column TO acc_end, acc_half;

CREATE VIEW acc.through_a_view AS SELECT id, name FROM acc.by_column;
GRANT SELECT ON acc.through_a_view TO acc_stranger;
CREATE MATERIALIZED VIEW acc.kept_rows AS SELECT id FROM acc.chain;
GRANT SELECT ON acc.kept_rows TO acc_stranger;

-- Partitions have grants of their own.
CREATE TABLE acc.measured (day date, value int) PARTITION BY RANGE (day);
CREATE TABLE acc.measured_old PARTITION OF acc.measured FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE acc.measured_new PARTITION OF acc.measured DEFAULT;
GRANT INSERT ON acc.measured TO acc_web;
GRANT DELETE ON acc.measured_old TO acc_web;

CREATE TABLE "Acc; hidden"."ta""ble; --" ("col""; umn" int);
GRANT SELECT ON "Acc; hidden"."ta""ble; --" TO acc_base;
GRANT SELECT ON "Acc; hidden"."ta""ble; --" TO acc_stranger;

CREATE FUNCTION acc.for_owner() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION acc.for_app(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION acc.for_app(int, text) TO acc_app;
CREATE PROCEDURE acc.proceed() LANGUAGE sql AS 'SELECT 1';
GRANT EXECUTE ON PROCEDURE acc.proceed() TO PUBLIC;
CREATE TYPE acc.mood AS ENUM ('a', 'b');
CREATE DOMAIN acc.short AS text CHECK (length(VALUE) < 3);
GRANT USAGE ON TYPE acc.mood TO acc_web;
RESET ROLE;
CREATE FUNCTION open_to_all.by_default() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION open_to_all.taken_back() RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE ALL ON FUNCTION open_to_all.taken_back() FROM PUBLIC;
CREATE TABLE open_to_all.of_the_superuser (id serial);

\if :since_15
    CREATE VIEW acc.asks_the_caller WITH (security_invoker = TRUE) AS SELECT * FROM acc.chain;
    ALTER VIEW acc.asks_the_caller OWNER TO acc_owner;
    GRANT SELECT ON acc.asks_the_caller TO PUBLIC;
\endif
\if :since_17
    SET ROLE acc_owner;
    GRANT MAINTAIN ON acc.chain TO acc_base;
    GRANT MAINTAIN ON acc.everyone TO acc_stranger WITH GRANT OPTION;
    RESET ROLE;
\endif
