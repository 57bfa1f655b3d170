-- What users program the server with: base types, operators, casts, languages and the like, in ugly forms.

CREATE ROLE programming_owner;

CREATE SCHEMA "Prog ""ramming";
CREATE SCHEMA programming_2;
SET search_path = '';

-- A shell type that nobody completed, and functions that name it.
CREATE TYPE "Prog ""ramming"."Shell; only";
COMMENT ON TYPE "Prog ""ramming"."Shell; only" IS E'never \\ defined; ''quoted''';
CREATE FUNCTION programming_2.takes_shell("Prog ""ramming"."Shell; only") RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT AS 'int4out';

-- A base type, by the four steps.
CREATE TYPE "Prog ""ramming"."Base";
CREATE FUNCTION "Prog ""ramming"."Base in"(cstring) RETURNS "Prog ""ramming"."Base"
    LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION "Prog ""ramming"."Base out"("Prog ""ramming"."Base") RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION "Prog ""ramming".base_recv(internal) RETURNS "Prog ""ramming"."Base"
    LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
CREATE FUNCTION "Prog ""ramming".base_send("Prog ""ramming"."Base") RETURNS bytea
    LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
CREATE TYPE "Prog ""ramming"."Base" (
    INPUT = "Prog ""ramming"."Base in",
    OUTPUT = "Prog ""ramming"."Base out",
    RECEIVE = "Prog ""ramming".base_recv,
    SEND = "Prog ""ramming".base_send,
    LIKE = integer,
    CATEGORY = 'Z',
    PREFERRED = true,
    DEFAULT = ' 42 ',
    DELIMITER = ';'
);
COMMENT ON TYPE "Prog ""ramming"."Base" IS 'a number';
ALTER TYPE "Prog ""ramming"."Base" OWNER TO programming_owner;

-- One of variable length, with modifiers and a collation.
CREATE TYPE programming_2.words;
CREATE FUNCTION programming_2.words_in(cstring, oid, integer) RETURNS programming_2.words
    LANGUAGE internal IMMUTABLE STRICT AS 'varcharin';
CREATE FUNCTION programming_2.words_out(programming_2.words) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT AS 'varcharout';
CREATE FUNCTION programming_2.words_mod_in(cstring[]) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
CREATE FUNCTION programming_2.words_mod_out(integer) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
CREATE FUNCTION programming_2.words_analyze(internal) RETURNS boolean
    LANGUAGE internal AS 'array_typanalyze';
CREATE TYPE programming_2.words (
    INPUT = programming_2.words_in,
    OUTPUT = programming_2.words_out,
    TYPMOD_IN = programming_2.words_mod_in,
    TYPMOD_OUT = programming_2.words_mod_out,
    ANALYZE = programming_2.words_analyze,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external,
    COLLATABLE = true
);
CREATE TYPE programming_2.fixed;
CREATE FUNCTION programming_2.fixed_in(cstring) RETURNS programming_2.fixed
    LANGUAGE internal IMMUTABLE STRICT AS 'point_in';
CREATE FUNCTION programming_2.fixed_out(programming_2.fixed) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT AS 'point_out';
CREATE TYPE programming_2.fixed (
    INPUT = programming_2.fixed_in, OUTPUT = programming_2.fixed_out,
    INTERNALLENGTH = 16, ALIGNMENT = double
);

-- Operators. `!===` announces a commutator and a negator that nobody ever makes.
CREATE FUNCTION "Prog ""ramming".lt("Prog ""ramming"."Base", "Prog ""ramming"."Base") RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'int4lt';
CREATE FUNCTION "Prog ""ramming".le("Prog ""ramming"."Base", "Prog ""ramming"."Base") RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'int4le';
CREATE FUNCTION "Prog ""ramming".eq("Prog ""ramming"."Base", "Prog ""ramming"."Base") RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'int4eq';
CREATE FUNCTION "Prog ""ramming".ne("Prog ""ramming"."Base", "Prog ""ramming"."Base") RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'int4ne';
CREATE FUNCTION "Prog ""ramming".ge("Prog ""ramming"."Base", "Prog ""ramming"."Base") RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'int4ge';
CREATE FUNCTION "Prog ""ramming".gt("Prog ""ramming"."Base", "Prog ""ramming"."Base") RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'int4gt';
CREATE FUNCTION "Prog ""ramming".cmp("Prog ""ramming"."Base", "Prog ""ramming"."Base") RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'btint4cmp';
CREATE FUNCTION "Prog ""ramming".hash("Prog ""ramming"."Base") RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'hashint4';
CREATE FUNCTION "Prog ""ramming".lt("Prog ""ramming"."Base", integer) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION "Prog ""ramming".eq("Prog ""ramming"."Base", integer) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION "Prog ""ramming".cmp("Prog ""ramming"."Base", integer) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION "Prog ""ramming".diff("Prog ""ramming"."Base", "Prog ""ramming"."Base") RETURNS double precision
    LANGUAGE internal IMMUTABLE STRICT AS 'int4range_subdiff';

CREATE OPERATOR "Prog ""ramming".< (
    FUNCTION = "Prog ""ramming".lt, LEFTARG = "Prog ""ramming"."Base", RIGHTARG = "Prog ""ramming"."Base",
    COMMUTATOR = OPERATOR("Prog ""ramming".>), NEGATOR = OPERATOR("Prog ""ramming".>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR "Prog ""ramming".<= (
    FUNCTION = "Prog ""ramming".le, LEFTARG = "Prog ""ramming"."Base", RIGHTARG = "Prog ""ramming"."Base",
    COMMUTATOR = OPERATOR("Prog ""ramming".>=), NEGATOR = OPERATOR("Prog ""ramming".>)
);
CREATE OPERATOR "Prog ""ramming".= (
    FUNCTION = "Prog ""ramming".eq, LEFTARG = "Prog ""ramming"."Base", RIGHTARG = "Prog ""ramming"."Base",
    COMMUTATOR = OPERATOR("Prog ""ramming".=), NEGATOR = OPERATOR("Prog ""ramming".<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR "Prog ""ramming".<> (
    FUNCTION = "Prog ""ramming".ne, LEFTARG = "Prog ""ramming"."Base", RIGHTARG = "Prog ""ramming"."Base",
    COMMUTATOR = OPERATOR("Prog ""ramming".<>), NEGATOR = OPERATOR("Prog ""ramming".=)
);
CREATE OPERATOR "Prog ""ramming".>= (
    FUNCTION = "Prog ""ramming".ge, LEFTARG = "Prog ""ramming"."Base", RIGHTARG = "Prog ""ramming"."Base",
    COMMUTATOR = OPERATOR("Prog ""ramming".<=), NEGATOR = OPERATOR("Prog ""ramming".<)
);
CREATE OPERATOR "Prog ""ramming".> (
    FUNCTION = "Prog ""ramming".gt, LEFTARG = "Prog ""ramming"."Base", RIGHTARG = "Prog ""ramming"."Base",
    COMMUTATOR = OPERATOR("Prog ""ramming".<), NEGATOR = OPERATOR("Prog ""ramming".<=)
);
CREATE OPERATOR "Prog ""ramming".= (
    FUNCTION = "Prog ""ramming".eq, LEFTARG = "Prog ""ramming"."Base", RIGHTARG = integer
);
CREATE OPERATOR "Prog ""ramming".< (
    FUNCTION = "Prog ""ramming".lt, LEFTARG = "Prog ""ramming"."Base", RIGHTARG = integer
);
CREATE OPERATOR programming_2.!=== (
    FUNCTION = "Prog ""ramming".eq, LEFTARG = "Prog ""ramming"."Base", RIGHTARG = integer,
    COMMUTATOR = OPERATOR("Prog ""ramming".===!), NEGATOR = OPERATOR(programming_2.!!!)
);
CREATE OPERATOR programming_2.@#@ (FUNCTION = int4um, RIGHTARG = integer);
COMMENT ON OPERATOR programming_2.@#@ (NONE, integer) IS 'prefix';
COMMENT ON OPERATOR "Prog ""ramming".= ("Prog ""ramming"."Base", integer) IS 'mixed';
ALTER OPERATOR programming_2.@#@ (NONE, integer) OWNER TO programming_owner;
DO $$ BEGIN
    IF current_setting('server_version_num')::integer < 140000 THEN
        EXECUTE 'CREATE OPERATOR programming_2.!# (FUNCTION = numeric_fac, LEFTARG = bigint)';
        EXECUTE 'COMMENT ON OPERATOR programming_2.!# (bigint, NONE) IS ''postfix''';
    END IF;
END $$;

-- Families and classes: with loose members of two types, without any, for sorting, with a storage type.
CREATE OPERATOR FAMILY "Prog ""ramming"."Family" USING btree;
CREATE OPERATOR CLASS "Prog ""ramming"."Class" DEFAULT FOR TYPE "Prog ""ramming"."Base" USING btree
    FAMILY "Prog ""ramming"."Family" AS
    OPERATOR 1 "Prog ""ramming".<, OPERATOR 2 "Prog ""ramming".<=, OPERATOR 3 "Prog ""ramming".=,
    OPERATOR 4 "Prog ""ramming".>=, OPERATOR 5 "Prog ""ramming".>,
    FUNCTION 1 "Prog ""ramming".cmp("Prog ""ramming"."Base", "Prog ""ramming"."Base");
ALTER OPERATOR FAMILY "Prog ""ramming"."Family" USING btree ADD
    OPERATOR 1 "Prog ""ramming".< ("Prog ""ramming"."Base", integer),
    OPERATOR 3 "Prog ""ramming".= ("Prog ""ramming"."Base", integer),
    FUNCTION 1 ("Prog ""ramming"."Base", integer) "Prog ""ramming".cmp("Prog ""ramming"."Base", integer);
COMMENT ON OPERATOR FAMILY "Prog ""ramming"."Family" USING btree IS 'family';
COMMENT ON OPERATOR CLASS "Prog ""ramming"."Class" USING btree IS 'class';
ALTER OPERATOR FAMILY "Prog ""ramming"."Family" USING btree OWNER TO programming_owner;
ALTER OPERATOR CLASS "Prog ""ramming"."Class" USING btree OWNER TO programming_owner;
CREATE OPERATOR CLASS "Prog ""ramming"."Class" DEFAULT FOR TYPE "Prog ""ramming"."Base" USING hash AS
    OPERATOR 1 "Prog ""ramming".=, FUNCTION 1 "Prog ""ramming".hash("Prog ""ramming"."Base");
-- The same order the other way round, for a type of the server's, in a family of the server's.
CREATE OPERATOR CLASS programming_2.int_backwards FOR TYPE integer USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <,
    FUNCTION 1 btint4cmp(integer, integer);
CREATE OPERATOR FAMILY programming_2.empty USING gin;
CREATE OPERATOR CLASS programming_2.nothing FOR TYPE programming_2.fixed USING gist AS STORAGE programming_2.fixed;
CREATE FUNCTION programming_2.far(point, point) RETURNS double precision
    LANGUAGE internal IMMUTABLE STRICT AS 'point_distance';
CREATE OPERATOR programming_2.<~~> (FUNCTION = programming_2.far, LEFTARG = point, RIGHTARG = point);
CREATE OPERATOR CLASS programming_2.points FOR TYPE point USING gist AS
    OPERATOR 1 << (point, point),
    OPERATOR 15 programming_2.<~~> (point, point) FOR ORDER BY pg_catalog.float_ops,
    FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal),
    FUNCTION 2 gist_box_union(internal, internal),
    FUNCTION 3 gist_point_compress(internal),
    FUNCTION 5 gist_box_penalty(internal, internal, internal),
    FUNCTION 6 gist_box_picksplit(internal, internal),
    FUNCTION 7 gist_box_same(box, box, internal),
    FUNCTION 8 (point, point) gist_point_distance(internal, point, smallint, oid, internal),
    STORAGE box;

-- Collations and conversions.
CREATE COLLATION "Prog ""ramming"."C; too" (LOCALE = 'C');
CREATE COLLATION programming_2.mixed (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
CREATE COLLATION programming_2.copied FROM "POSIX";
COMMENT ON COLLATION "Prog ""ramming"."C; too" IS 'collation';
ALTER COLLATION "Prog ""ramming"."C; too" OWNER TO programming_owner;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collname = 'en-x-icu') THEN
        EXECUTE 'CREATE COLLATION programming_2.loose (PROVIDER = icu, LOCALE = ''und-u-ks-level2'', '
            'DETERMINISTIC = false)';
        EXECUTE 'CREATE COLLATION programming_2.german (PROVIDER = icu, LOCALE = ''de@collation=phonebook'')';
    END IF;
END $$;
CREATE CONVERSION "Prog ""ramming"."Latin; 1" FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION programming_2.by_default FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
COMMENT ON CONVERSION "Prog ""ramming"."Latin; 1" IS 'conversion';
ALTER CONVERSION "Prog ""ramming"."Latin; 1" OWNER TO programming_owner;

-- Casts: by a function with one and with three arguments, by text, by nothing; in every context.
CREATE TYPE "Prog ""ramming"."Color; drop" AS ENUM ('red', 'green');
CREATE FUNCTION programming_2.to_base("Prog ""ramming"."Color; drop") RETURNS "Prog ""ramming"."Base"
    LANGUAGE sql IMMUTABLE AS 'SELECT ''1''::"Prog ""ramming"."Base"';
CREATE CAST ("Prog ""ramming"."Color; drop" AS "Prog ""ramming"."Base")
    WITH FUNCTION programming_2.to_base("Prog ""ramming"."Color; drop") AS IMPLICIT;
CREATE CAST ("Prog ""ramming"."Base" AS integer) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (integer AS "Prog ""ramming"."Base") WITHOUT FUNCTION;
CREATE CAST (bigint AS "Prog ""ramming"."Base") WITH INOUT;
CREATE FUNCTION programming_2.to_integer("Prog ""ramming"."Color; drop") RETURNS integer
    LANGUAGE sql IMMUTABLE AS 'SELECT 3';
CREATE TYPE programming_2.alias;
CREATE FUNCTION programming_2.alias_in(cstring) RETURNS programming_2.alias
    LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION programming_2.alias_out(programming_2.alias) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE programming_2.alias (INPUT = programming_2.alias_in, OUTPUT = programming_2.alias_out, LIKE = integer);
CREATE CAST (integer AS programming_2.alias) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST ("Prog ""ramming"."Color; drop" AS programming_2.alias)
    WITH FUNCTION programming_2.to_integer("Prog ""ramming"."Color; drop");
CREATE FUNCTION programming_2.words_length(programming_2.words, integer, boolean) RETURNS programming_2.words
    LANGUAGE internal IMMUTABLE STRICT AS 'varchar';
CREATE CAST (programming_2.words AS programming_2.words)
    WITH FUNCTION programming_2.words_length(programming_2.words, integer, boolean) AS IMPLICIT;
COMMENT ON CAST (bigint AS "Prog ""ramming"."Base") IS 'cast';

-- Access methods, languages, transforms.
CREATE ACCESS METHOD "Heap; 2" TYPE TABLE HANDLER heap_tableam_handler;
CREATE FUNCTION "Prog ""ramming"."Handler"(internal) RETURNS index_am_handler LANGUAGE internal AS 'hashhandler';
CREATE ACCESS METHOD programming_hash TYPE INDEX HANDLER "Prog ""ramming"."Handler";
COMMENT ON ACCESS METHOD "Heap; 2" IS 'access method';
CREATE OPERATOR CLASS programming_2.int_ops DEFAULT FOR TYPE integer USING programming_hash AS
    OPERATOR 1 =, FUNCTION 1 hashint4(integer);
CREATE FUNCTION "Prog ""ramming"."Call"() RETURNS language_handler
    LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION "Prog ""ramming"."Inline"(internal) RETURNS void
    LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION "Prog ""ramming"."Validate"(oid) RETURNS void
    LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE "PL; strange" HANDLER "Prog ""ramming"."Call" INLINE "Prog ""ramming"."Inline"
    VALIDATOR "Prog ""ramming"."Validate";
CREATE LANGUAGE programming_untrusted HANDLER "Prog ""ramming"."Call";
COMMENT ON LANGUAGE "PL; strange" IS 'language';
ALTER LANGUAGE "PL; strange" OWNER TO programming_owner;
CREATE FUNCTION programming_2.in_strange(n integer) RETURNS integer LANGUAGE "PL; strange"
    AS $body$ BEGIN RETURN n; -- $function$ '' \
    END $body$;
CREATE FUNCTION programming_2.from_base(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'int4recv';
CREATE FUNCTION programming_2.into_base(internal) RETURNS "Prog ""ramming"."Base"
    LANGUAGE internal IMMUTABLE AS 'int4recv';
CREATE TRANSFORM FOR "Prog ""ramming"."Base" LANGUAGE "PL; strange"
    (FROM SQL WITH FUNCTION programming_2.from_base(internal), TO SQL WITH FUNCTION programming_2.into_base(internal));
CREATE TRANSFORM FOR integer LANGUAGE "PL; strange" (FROM SQL WITH FUNCTION programming_2.from_base(internal));
COMMENT ON TRANSFORM FOR "Prog ""ramming"."Base" LANGUAGE "PL; strange" IS 'transform';
CREATE FUNCTION programming_2.transformed("Prog ""ramming"."Base", integer) RETURNS "Prog ""ramming"."Base"
    LANGUAGE "PL; strange" TRANSFORM FOR TYPE "Prog ""ramming"."Base", FOR TYPE integer
    AS 'BEGIN RETURN $1; END';

-- Range types over such a type; one with a canonical function, which needs the type before it is there.
CREATE TYPE "Prog ""ramming"."Range" AS RANGE (
    SUBTYPE = "Prog ""ramming"."Base", SUBTYPE_DIFF = "Prog ""ramming".diff,
    SUBTYPE_OPCLASS = "Prog ""ramming"."Class"
);
CREATE TYPE programming_2.days;
CREATE FUNCTION programming_2.canonical(programming_2.days) RETURNS programming_2.days
    LANGUAGE internal IMMUTABLE STRICT AS 'daterange_canonical';
CREATE TYPE programming_2.days AS RANGE (SUBTYPE = date, CANONICAL = programming_2.canonical);
CREATE TYPE programming_2.phrases AS RANGE (SUBTYPE = text, COLLATION = "Prog ""ramming"."C; too");
CREATE DOMAIN programming_2.some_days AS programming_2.days CHECK (NOT isempty(VALUE));
CREATE TYPE programming_2.backwards AS RANGE (SUBTYPE = integer, SUBTYPE_OPCLASS = programming_2.int_backwards);

-- Domains and composite types with all of that.
CREATE DOMAIN programming_2.base_domain AS "Prog ""ramming"."Base"
    DEFAULT 'red'::"Prog ""ramming"."Color; drop"
    CHECK (VALUE OPERATOR("Prog ""ramming".<) 5);
CREATE DOMAIN "Prog ""ramming"."A word" AS text COLLATE "Prog ""ramming"."C; too";
CREATE TYPE "Prog ""ramming".composite AS (
    b "Prog ""ramming"."Base"[], w programming_2.words(5), t text COLLATE programming_2.mixed
);

-- Tables, indexes and views that need it.
CREATE TABLE programming_2.user_of_all (
    id "Prog ""ramming"."Base" PRIMARY KEY,
    other "Prog ""ramming"."Base" DEFAULT 'green'::"Prog ""ramming"."Color; drop" NOT NULL,
    twice boolean DEFAULT ('1'::"Prog ""ramming"."Base" OPERATOR("Prog ""ramming".<) 5),
    t text COLLATE "Prog ""ramming"."C; too" DEFAULT ('x' COLLATE programming_2.mixed),
    w programming_2.words(20),
    n integer,
    span programming_2.days,
    made "Prog ""ramming"."Base" GENERATED ALWAYS AS (programming_2.to_base('red'::"Prog ""ramming"."Color; drop"))
        STORED,
    CHECK (id OPERATOR("Prog ""ramming".<>) '7'),
    EXCLUDE USING btree (n programming_2.int_backwards WITH =),
    UNIQUE (other)
);
CREATE INDEX user_of_all_backwards ON programming_2.user_of_all (n programming_2.int_backwards DESC);
CREATE INDEX user_of_all_hash ON programming_2.user_of_all USING hash (id);
CREATE INDEX user_of_all_collated ON programming_2.user_of_all (t COLLATE programming_2.copied);
CREATE TABLE "Prog ""ramming".in_own_method (n integer) USING "Heap; 2";
CREATE INDEX own_method ON "Prog ""ramming".in_own_method USING programming_hash (n);
CREATE TABLE programming_2.divided (id "Prog ""ramming"."Base", t text)
    PARTITION BY RANGE (id, t COLLATE programming_2.mixed);
CREATE TABLE programming_2.divided_1 PARTITION OF programming_2.divided FOR VALUES FROM ('1', 'a') TO ('5', 'b');
CREATE TABLE programming_2.hashed (n integer) PARTITION BY LIST (n programming_2.int_backwards);
CREATE VIEW "Prog ""ramming".a_view AS
    SELECT DISTINCT id, 'red'::"Prog ""ramming"."Color; drop"::"Prog ""ramming"."Base" AS cast_explicitly,
           id::integer AS bare, 5::bigint::"Prog ""ramming"."Base" AS by_text,
           t COLLATE programming_2.mixed AS t, id OPERATOR("Prog ""ramming".<) 3 AS less
      FROM programming_2.user_of_all
     ORDER BY id;
CREATE MATERIALIZED VIEW "Prog ""ramming".a_matview USING "Heap; 2" AS SELECT max(n) AS n FROM programming_2.user_of_all;

-- Aggregates.
CREATE FUNCTION programming_2.add(bigint, integer) RETURNS bigint LANGUAGE internal IMMUTABLE STRICT AS 'int84pl';
CREATE FUNCTION programming_2.take(bigint, integer) RETURNS bigint LANGUAGE internal IMMUTABLE STRICT AS 'int84mi';
CREATE FUNCTION programming_2.final(bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION programming_2.join(bigint, bigint) RETURNS bigint LANGUAGE internal IMMUTABLE STRICT AS 'int8pl';
CREATE AGGREGATE "Prog ""ramming"."Sum; all"(integer) (
    SFUNC = programming_2.add, STYPE = bigint, SSPACE = 100,
    FINALFUNC = programming_2.final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = programming_2.join, INITCOND = '0',
    MSFUNC = programming_2.add, MINVFUNC = programming_2.take, MSTYPE = bigint, MSSPACE = 10,
    MFINALFUNC = programming_2.final, MFINALFUNC_EXTRA, MFINALFUNC_MODIFY = SHAREABLE, MINITCOND = '1',
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE "Prog ""ramming"."Sum; all"(integer) IS 'aggregate';
ALTER AGGREGATE "Prog ""ramming"."Sum; all"(integer) OWNER TO programming_owner;
CREATE OPERATOR programming_2.!>! (FUNCTION = int4gt, LEFTARG = integer, RIGHTARG = integer);
CREATE AGGREGATE programming_2.largest(integer)
    (SFUNC = int4larger, STYPE = integer, SORTOP = OPERATOR(programming_2.!>!), PARALLEL = RESTRICTED);
CREATE FUNCTION programming_2.one_more(bigint) RETURNS bigint LANGUAGE internal IMMUTABLE STRICT AS 'int8inc';
CREATE AGGREGATE programming_2.rows_of(*) (SFUNC = programming_2.one_more, STYPE = bigint, INITCOND = '0');
COMMENT ON AGGREGATE programming_2.rows_of(*) IS 'star';
CREATE AGGREGATE programming_2.percentile(fraction double precision ORDER BY "Value; x" double precision) (
    SFUNC = ordered_set_transition, STYPE = internal,
    FINALFUNC = percentile_cont_float8_final
);
CREATE AGGREGATE programming_2.ranked(VARIADIC args "any" ORDER BY VARIADIC args "any") (
    SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA,
    HYPOTHETICAL
);
COMMENT ON AGGREGATE programming_2.ranked(VARIADIC args "any" ORDER BY VARIADIC args "any") IS 'hypothetical';
ALTER AGGREGATE programming_2.percentile(double precision ORDER BY double precision) OWNER TO programming_owner;
CREATE FUNCTION programming_2.count_all(bigint, VARIADIC "any") RETURNS bigint
    LANGUAGE internal IMMUTABLE AS 'int8inc_any';
CREATE AGGREGATE programming_2.variadic_count(VARIADIC items "any") (
    SFUNC = programming_2.count_all, STYPE = bigint, INITCOND = '0'
);
CREATE AGGREGATE programming_2.numbers(numeric) (
    SFUNC = numeric_avg_accum, STYPE = internal, SSPACE = 128, FINALFUNC = numeric_sum,
    COMBINEFUNC = numeric_avg_combine, SERIALFUNC = numeric_avg_serialize,
    DESERIALFUNC = numeric_avg_deserialize, PARALLEL = SAFE
);
CREATE FUNCTION "Prog ""ramming".keep("Prog ""ramming"."Base", "Prog ""ramming"."Base")
    RETURNS "Prog ""ramming"."Base" LANGUAGE internal IMMUTABLE STRICT AS 'int4larger';
CREATE AGGREGATE programming_2.collected("Prog ""ramming"."Base") (
    SFUNC = "Prog ""ramming".keep, STYPE = "Prog ""ramming"."Base", INITCOND = ' 1 '
);

-- Window functions, procedures, and everything else that a routine can say of itself.
CREATE FUNCTION "Prog ""ramming"."Row; number"() RETURNS bigint
    LANGUAGE internal WINDOW IMMUTABLE STRICT PARALLEL SAFE COST 7.5 AS 'window_row_number';
COMMENT ON FUNCTION "Prog ""ramming"."Row; number"() IS 'window function';
CREATE PROCEDURE "Prog ""ramming"."Do ""it"""(INOUT a integer DEFAULT 5, VARIADIC "b; c" text[] DEFAULT '{}')
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = 'pg_catalog', "Prog ""ramming", "$user", ''
    AS $body$ BEGIN a := a + 1; /* $procedure$ */ END $body$;
COMMENT ON PROCEDURE "Prog ""ramming"."Do ""it"""(integer, text[]) IS 'procedure';
ALTER PROCEDURE "Prog ""ramming"."Do ""it"""(integer, text[]) OWNER TO programming_owner;
CREATE FUNCTION programming_2.all_attributes(
    "in" integer, INOUT both_ways text DEFAULT 'it''s; \\', OUT "Out" numeric, VARIADIC others integer[] DEFAULT '{1}'
) RETURNS SETOF record
    LANGUAGE plpgsql STABLE STRICT LEAKPROOF SECURITY DEFINER PARALLEL RESTRICTED COST 0.5 ROWS 3
    SET "custom.Setting" TO 'a ''quoted'', value' SET work_mem TO '8MB' SET datestyle TO iso, mdy
    SET statement_timeout FROM CURRENT
    AS 'BEGIN RETURN NEXT; END';
CREATE FUNCTION programming_2.as_table(n integer) RETURNS TABLE ("First" integer, second text)
    LANGUAGE sql ROWS 1 AS $$ SELECT 1, 'x $1 "'; $$;
CREATE FUNCTION programming_2.poly(a anyelement, b anyarray, c anyenum, d anyrange)
    RETURNS anyelement LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION programming_2.poly(anyelement) RETURNS anyarray LANGUAGE sql AS 'SELECT ARRAY[$1]';
CREATE FUNCTION programming_2.starts(text, text) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT SUPPORT pg_catalog.textlike_support AS 'textlike';
CREATE FUNCTION programming_2.own_support(internal) RETURNS internal LANGUAGE internal AS 'textregexeq_support';
CREATE FUNCTION programming_2.supported(text) RETURNS text
    LANGUAGE internal SUPPORT programming_2.own_support AS 'upper';
CREATE FUNCTION programming_2.a_default(b "Prog ""ramming"."Base" DEFAULT 'red'::"Prog ""ramming"."Color; drop")
    RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION programming_2.of_row(programming_2.user_of_all) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION programming_2.in_c(cstring) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator';

-- Row types of tables and views in operators, casts, ranges and aggregates.
CREATE TABLE programming_2.point_3 (x integer, y integer, z integer);
CREATE VIEW programming_2.flat AS SELECT x, y FROM programming_2.point_3;
CREATE FUNCTION programming_2.above(programming_2.point_3, programming_2.flat) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS 'SELECT $1.z > 0';
CREATE OPERATOR programming_2.^^ (
    FUNCTION = programming_2.above, LEFTARG = programming_2.point_3, RIGHTARG = programming_2.flat
);
CREATE VIEW programming_2.a_above AS
    SELECT p OPERATOR(programming_2.^^) f AS above FROM programming_2.point_3 p, programming_2.flat f;
CREATE FUNCTION programming_2.flatten(programming_2.point_3) RETURNS programming_2.flat
    LANGUAGE sql IMMUTABLE AS 'SELECT $1.x, $1.y';
CREATE CAST (programming_2.point_3 AS programming_2.flat)
    WITH FUNCTION programming_2.flatten(programming_2.point_3) AS ASSIGNMENT;
CREATE VIEW programming_2.a_cast_row AS SELECT (p::programming_2.flat).x AS x FROM programming_2.point_3 p;
CREATE TYPE programming_2.point_range AS RANGE (SUBTYPE = programming_2.point_3);
CREATE TABLE programming_2.a_row (r programming_2.point_range, p programming_2.point_3 DEFAULT '(1,2,3)',
    CHECK (p OPERATOR(programming_2.^^) '(1,2)'));
CREATE AGGREGATE programming_2.all_points(programming_2.point_3)
    (SFUNC = array_append, STYPE = programming_2.point_3[], INITCOND = '{}');
CREATE FUNCTION programming_2.gather(anyarray, anyelement) RETURNS anyarray LANGUAGE sql AS 'SELECT $1 || $2';
CREATE AGGREGATE programming_2.gathered(anyelement) (SFUNC = programming_2.gather, STYPE = anyarray, INITCOND = '{}');
-- A function of the row type in the default of its own table, an index by operators, collations and casts.
CREATE FUNCTION programming_2.next_x(programming_2.point_3) RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER TABLE programming_2.point_3 ALTER x SET DEFAULT programming_2.next_x(NULL);
CREATE INDEX strange ON programming_2.user_of_all
    ((id OPERATOR("Prog ""ramming".<) 3), (t || 'x') COLLATE programming_2.mixed, (id::integer) programming_2.int_backwards)
    WHERE id OPERATOR("Prog ""ramming".=) 4;
CREATE LANGUAGE programming_alias HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator;

-- Event triggers: they are made last and must not be in the way of anything.
CREATE FUNCTION "Prog ""ramming"."On; event"() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE FUNCTION programming_2.refuse() RETURNS event_trigger
    LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''nothing may be done''; END';
CREATE EVENT TRIGGER "Event; 1" ON ddl_command_start EXECUTE FUNCTION "Prog ""ramming"."On; event"();
CREATE EVENT TRIGGER programming_end ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'create view') EXECUTE FUNCTION "Prog ""ramming"."On; event"();
CREATE EVENT TRIGGER programming_refresh ON ddl_command_end WHEN TAG IN ('REFRESH MATERIALIZED VIEW')
    EXECUTE FUNCTION programming_2.refuse();
CREATE EVENT TRIGGER programming_drop ON sql_drop WHEN TAG IN ('DROP AGGREGATE')
    EXECUTE FUNCTION programming_2.refuse();
CREATE EVENT TRIGGER programming_rewrite ON table_rewrite EXECUTE FUNCTION "Prog ""ramming"."On; event"();
CREATE EVENT TRIGGER programming_off ON ddl_command_start EXECUTE FUNCTION programming_2.refuse();
ALTER EVENT TRIGGER programming_off DISABLE;
ALTER EVENT TRIGGER programming_drop ENABLE REPLICA;
ALTER EVENT TRIGGER "Event; 1" ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER "Event; 1" IS 'event trigger';
