-- Foreign data: wrappers, servers, user mappings, foreign tables that need them.

CREATE SCHEMA "Foreign";
CREATE ROLE torture_foreign;
CREATE ROLE "Torture ""foreign"" user";

-- Nobody calls a handler while only schemas are made.
CREATE FUNCTION "Foreign"."zz Handler"() RETURNS fdw_handler LANGUAGE internal AS 'fdw_handler_in';
CREATE FUNCTION "Foreign"."zz ""validator"""(text[], oid) RETURNS void LANGUAGE plpgsql
    AS $$BEGIN PERFORM length($1::text); END$$;

CREATE FOREIGN DATA WRAPPER "A ""wrapper"""
    HANDLER "Foreign"."zz Handler" VALIDATOR "Foreign"."zz ""validator"""
    OPTIONS (debug 'true', "Mixed ""case""" 'it''s \ a value', empty '', "select" 'x=y=z');
COMMENT ON FOREIGN DATA WRAPPER "A ""wrapper""" IS 'wrapper''s comment';
CREATE FOREIGN DATA WRAPPER bare_wrapper;
CREATE FOREIGN DATA WRAPPER built_in_validator VALIDATOR pg_catalog.postgresql_fdw_validator;

CREATE SERVER "1 ""server""" TYPE 'a ''type''' VERSION '1\0' FOREIGN DATA WRAPPER "A ""wrapper"""
    OPTIONS (host 'db.example.com', port '5433', "Db Name" 'x, y ''z''', password_required 'false');
COMMENT ON SERVER "1 ""server""" IS E'server\ncomment';
CREATE SERVER bare_server FOREIGN DATA WRAPPER bare_wrapper;
CREATE SERVER empty_server TYPE '' VERSION '' FOREIGN DATA WRAPPER bare_wrapper;
CREATE SERVER validated_server FOREIGN DATA WRAPPER built_in_validator OPTIONS (host 'localhost', dbname 'x');

CREATE USER MAPPING FOR PUBLIC SERVER "1 ""server""" OPTIONS ("user" 'guest', "Odd ""name""" 'it''s');
CREATE USER MAPPING FOR "Torture ""foreign"" user" SERVER "1 ""server""" OPTIONS (username 'me');
CREATE USER MAPPING FOR torture_foreign SERVER "1 ""server""";
CREATE USER MAPPING FOR torture_foreign SERVER bare_server OPTIONS (role 'x');

CREATE FOREIGN TABLE "Foreign"."A ""table""" (
    id integer OPTIONS (column_name 'I''d', "Odd name" '', key 'true') NOT NULL,
    label text OPTIONS (column_name 'x = y') COLLATE "C" DEFAULT 'x',
    doubled integer GENERATED ALWAYS AS (id * 2) STORED,
    CONSTRAINT positive CHECK (id > 0) NO INHERIT
) SERVER "1 ""server""" OPTIONS (table_name 'a=b', "Upper" 'C', schema_name '');
COMMENT ON FOREIGN TABLE "Foreign"."A ""table""" IS 'elsewhere';
COMMENT ON COLUMN "Foreign"."A ""table""".id IS 'column';
ALTER FOREIGN TABLE "Foreign"."A ""table""" ALTER COLUMN label SET STATISTICS 50;
ALTER FOREIGN TABLE "Foreign"."A ""table""" ALTER COLUMN label SET STORAGE EXTERNAL;
ALTER FOREIGN TABLE "Foreign"."A ""table""" ALTER COLUMN id SET (n_distinct = -0.5);

-- Partitions and children that are foreign; columns that they do not name themselves can have options too.
CREATE TABLE "Foreign".divided (id integer, v integer DEFAULT 3) PARTITION BY LIST (id);
CREATE FOREIGN TABLE "Foreign".divided_1 PARTITION OF "Foreign".divided (v DEFAULT 5) FOR VALUES IN (1)
    SERVER bare_server OPTIONS (table_name 'one');
ALTER FOREIGN TABLE "Foreign".divided_1 ALTER COLUMN id OPTIONS (ADD column_name 'ID');
CREATE TABLE "Foreign".parent (a integer NOT NULL, b text);
CREATE FOREIGN TABLE "Foreign".child (c integer OPTIONS (column_name 'sea')) INHERITS ("Foreign".parent)
    SERVER bare_server;
ALTER FOREIGN TABLE "Foreign".child ALTER COLUMN a OPTIONS (ADD column_name 'A');
CREATE FOREIGN TABLE "Foreign".grandparent (x integer) SERVER bare_server;
CREATE TABLE "Foreign".local_child () INHERITS ("Foreign".grandparent);

CREATE FUNCTION "Foreign".note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER noted AFTER INSERT ON "Foreign"."A ""table""" FOR EACH ROW EXECUTE FUNCTION "Foreign".note();
CREATE VIEW "Foreign".seen AS SELECT id, label FROM "Foreign"."A ""table""";
CREATE MATERIALIZED VIEW "Foreign".copied AS SELECT * FROM "Foreign".seen WITH NO DATA;
