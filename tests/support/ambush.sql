-- Whatever can be written in SQL that a program which reads a schema could be made to run. Every function
-- works as it should, but for a session that calls itself pgdossier: there it raises. The message is put
-- together, so that it stands nowhere but where it was raised.
CREATE SCHEMA trap;
CREATE FUNCTION trap.spring() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF pg_catalog.current_setting('application_name') OPERATOR(pg_catalog.=) 'pgdossier' THEN
        RAISE EXCEPTION USING MESSAGE = 'am' OPERATOR(pg_catalog.||) 'bushed';
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION trap.value(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM trap.spring(); RETURN $1; END $$;
CREATE FUNCTION trap.checked(anyelement) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN trap.spring(); END $$;
CREATE FUNCTION trap.set_returning() RETURNS SETOF integer LANGUAGE plpgsql STABLE AS $$
BEGIN PERFORM trap.spring(); RETURN NEXT 1; END $$;
CREATE FUNCTION trap.fired() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM trap.spring(); RETURN NEW; END $$;
CREATE FUNCTION trap.fired_by_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM trap.spring(); END $$;

-- A type whose input and output raise for everybody, one with casts, a domain, a range, an aggregate.
CREATE TYPE trap.raising;
CREATE FUNCTION trap.raising_in(cstring) RETURNS trap.raising LANGUAGE internal IMMUTABLE STRICT AS 'any_in';
CREATE FUNCTION trap.raising_out(trap.raising) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'any_out';
CREATE TYPE trap.raising (INPUT = trap.raising_in, OUTPUT = trap.raising_out, INTERNALLENGTH = 4, PASSEDBYVALUE);
CREATE TYPE trap.pair AS (a integer, b text);
CREATE FUNCTION trap.pair_from(text) RETURNS trap.pair LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM trap.spring(); RETURN ROW(1, $1)::trap.pair; END $$;
CREATE FUNCTION trap.pair_to(trap.pair) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM trap.spring(); RETURN $1.b; END $$;
CREATE CAST (text AS trap.pair) WITH FUNCTION trap.pair_from(text) AS ASSIGNMENT;
CREATE CAST (trap.pair AS text) WITH FUNCTION trap.pair_to(trap.pair) AS IMPLICIT;
CREATE DOMAIN trap.sound AS integer DEFAULT trap.value(1) CHECK (trap.checked(VALUE));
CREATE FUNCTION trap.distance(float8, float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM trap.spring(); RETURN $2 - $1; END $$;
CREATE TYPE trap.span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = trap.distance);
CREATE FUNCTION trap.step(integer, integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN PERFORM trap.spring(); RETURN $2; END $$;
CREATE AGGREGATE trap.total(integer) (SFUNC = trap.step, STYPE = integer, INITCOND = '0');

-- Everything of a table that holds an expression.
CREATE TABLE trap.everything (
    id integer DEFAULT trap.value(1) PRIMARY KEY,
    checked integer CHECK (trap.checked(checked)),
    doubled integer GENERATED ALWAYS AS (trap.value(checked)) STORED,
    pair trap.pair DEFAULT 'x'::text::trap.pair,
    sound trap.sound,
    raising trap.raising,
    at timestamptz DEFAULT now()
);
CREATE INDEX everything_value ON trap.everything (trap.value(checked)) WHERE trap.checked(id);
CREATE STATISTICS trap.everything_statistics ON checked, sound FROM trap.everything;
CREATE TRIGGER everything_fired BEFORE INSERT OR UPDATE ON trap.everything FOR EACH ROW
    WHEN (trap.checked(NEW.id)) EXECUTE FUNCTION trap.fired();
ALTER TABLE trap.everything ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything_policy ON trap.everything USING (trap.checked(id)) WITH CHECK (trap.checked(id));
CREATE VIEW trap.seen AS
    SELECT trap.value(id) AS id, n FROM trap.everything, trap.set_returning() AS n WHERE trap.checked(checked);
CREATE MATERIALIZED VIEW trap.kept AS SELECT trap.value(1) AS one;
CREATE RULE seen_insert AS ON INSERT TO trap.seen DO INSTEAD SELECT trap.value(NEW.id);
CREATE TABLE trap.parted (id integer) PARTITION BY RANGE (trap.value(id));
CREATE TABLE trap.parted_1 PARTITION OF trap.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE trap.rows (id integer DEFAULT trap.value(1), name text);
INSERT INTO trap.everything (id, checked) VALUES (1, 1), (2, 2);
INSERT INTO trap.rows (name) VALUES ('a');
ANALYZE trap.everything;

-- Books of migration tools: these rows are read.
CREATE TABLE public.schema_migrations (version trap.sound, dirty boolean);
INSERT INTO public.schema_migrations VALUES (1, false);
CREATE VIEW public.flyway_schema_history AS SELECT trap.value(1) AS installed_rank;

-- What pg_stat_statements keeps, and plans are made of.
SELECT * FROM trap.seen;
SELECT trap.total(id) FROM trap.everything WHERE trap.value(1) = 1;
SELECT count(*) FROM trap.parted WHERE id = 3;
SELECT count(*) FROM trap.rows WHERE name = 'a';

-- Functions and operators that a careless query would meet before those of the system.
CREATE FUNCTION public.format_type(oid, integer) RETURNS text LANGUAGE sql AS 'SELECT trap.spring()::text';
CREATE FUNCTION public.pg_get_expr(pg_node_tree, oid) RETURNS text LANGUAGE sql AS 'SELECT trap.spring()::text';
CREATE FUNCTION public.pg_get_userbyid(oid) RETURNS name LANGUAGE sql AS 'SELECT trap.spring()::text::name';
CREATE FUNCTION public.pg_get_indexdef(oid) RETURNS text LANGUAGE sql AS 'SELECT trap.spring()::text';
CREATE FUNCTION public.version() RETURNS text LANGUAGE sql AS 'SELECT trap.spring()::text';
CREATE FUNCTION public.current_database() RETURNS name LANGUAGE sql AS 'SELECT trap.spring()::text::name';
CREATE FUNCTION public.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS 'SELECT trap.spring()::text';
CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql AS 'SELECT trap.spring()::text';
CREATE FUNCTION public.unnest(oid[]) RETURNS SETOF oid LANGUAGE sql AS 'SELECT 1::oid WHERE trap.spring()';
CREATE FUNCTION public.starts_with(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT trap.spring()';
DO $$
DECLARE kind text;
BEGIN
    FOREACH kind IN ARRAY '{oid,name,text,"\"char\"",smallint,integer,bigint,boolean,regclass,timestamptz}'::text[] LOOP
        EXECUTE format('CREATE FUNCTION public.equal(%1$s, %1$s) RETURNS boolean LANGUAGE sql'
                       ' AS ''SELECT trap.spring()''', kind);
        EXECUTE format('CREATE OPERATOR public.= (FUNCTION = public.equal, LEFTARG = %1$s, RIGHTARG = %1$s)', kind);
        EXECUTE format('CREATE OPERATOR public.<> (FUNCTION = public.equal, LEFTARG = %1$s, RIGHTARG = %1$s)', kind);
        EXECUTE format('CREATE OPERATOR public.> (FUNCTION = public.equal, LEFTARG = %1$s, RIGHTARG = %1$s)', kind);
    END LOOP;
END $$;
CREATE FUNCTION public.joined(text, text) RETURNS text LANGUAGE sql AS 'SELECT trap.spring()::text';
CREATE OPERATOR public.|| (FUNCTION = public.joined, LEFTARG = text, RIGHTARG = text);
CREATE VIEW public.pg_class AS SELECT trap.spring();
CREATE VIEW public.pg_settings AS SELECT trap.spring();
CREATE EVENT TRIGGER trap_start ON ddl_command_start EXECUTE FUNCTION trap.fired_by_ddl();
CREATE EVENT TRIGGER trap_end ON ddl_command_end EXECUTE FUNCTION trap.fired_by_ddl();
CREATE EVENT TRIGGER trap_drop ON sql_drop EXECUTE FUNCTION trap.fired_by_ddl();
