-- Definitions that are put together without asking the server, and such that must be left to it.
CREATE SCHEMA "Odd $chema";
CREATE SCHEMA plain;
SET search_path = plain;
CREATE TYPE mood AS ENUM ('ok', 'bad');
CREATE DOMAIN word AS varchar(20);
CREATE DOMAIN moods AS mood;
CREATE DOMAIN words AS word CHECK (VALUE <> '');
CREATE COLLATION here FROM "C";
CREATE TABLE "Odd $chema"."Table" (
    "user" integer, "between" integer, "interval" text, a$b text, "Ä" text, "x""y" text, "select" mood,
    year integer, "authorization" integer,
    CONSTRAINT "primary" PRIMARY KEY ("user", "between") INCLUDE ("interval", a$b),
    CONSTRAINT "unique" UNIQUE ("Ä", "x""y") DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (year, "authorization") DEFERRABLE,
    CHECK ("user" > 0) NO INHERIT, CONSTRAINT late CHECK (year > 0));
ALTER TABLE "Odd $chema"."Table" ADD CONSTRAINT invalid CHECK ("between" <> 7) NOT VALID;
CREATE TABLE kinds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood, ms mood[], w word, ws words, dm moods, v varchar(5),
    t text, c char(3), n name, i inet, ci cidr, o oid, r int4range, j jsonb, ts tsvector, p point, ca text COLLATE "C",
    e text DEFAULT 'x' || 'y', d timestamptz DEFAULT now() + interval '1 day', g integer GENERATED ALWAYS AS (length('x')) STORED,
    f mood DEFAULT 'ok', s integer DEFAULT -1, z numeric(8,2) DEFAULT 1.50, b boolean DEFAULT (NOT true),
    u "char" DEFAULT 'x', bi bit(3) DEFAULT B'101', nx text DEFAULT NULL, cu text DEFAULT CURRENT_USER);
CREATE SEQUENCE numbers;
ALTER TABLE kinds ADD COLUMN q bigint DEFAULT nextval('numbers'), ADD COLUMN g2 text GENERATED ALWAYS AS (lower(t) || v) STORED;
CREATE INDEX ON kinds (m); CREATE INDEX ON kinds (dm); CREATE INDEX ON kinds (w); CREATE INDEX ON kinds (ws);
CREATE INDEX ON kinds (ms); CREATE INDEX ON kinds USING gin (ms); CREATE INDEX ON kinds USING gin (j jsonb_path_ops);
CREATE INDEX ON kinds USING gin (ts); CREATE INDEX ON kinds USING gist (p); CREATE INDEX ON kinds USING gist (r);
CREATE INDEX ON kinds USING spgist (r); CREATE INDEX ON kinds USING brin (d, id); CREATE INDEX ON kinds USING hash (v);
CREATE INDEX ON kinds USING gist (i inet_ops); CREATE INDEX ON kinds USING brin (i inet_inclusion_ops);
CREATE INDEX ON kinds (v); CREATE INDEX ON kinds (v bpchar_ops); CREATE INDEX ON kinds (v varchar_pattern_ops);
CREATE INDEX ON kinds (t text_pattern_ops DESC, c bpchar_pattern_ops NULLS FIRST, n, i, ci, o);
CREATE INDEX ON kinds (w varchar_pattern_ops); CREATE INDEX ON kinds (w bpchar_ops); CREATE INDEX ON kinds (t bpchar_ops);
CREATE INDEX ON kinds (o); CREATE INDEX ON kinds (ca); CREATE INDEX ON kinds (ca COLLATE here);
CREATE INDEX ON kinds (t COLLATE "C"); CREATE INDEX ON kinds (n COLLATE "POSIX");
CREATE INDEX ON kinds (id DESC NULLS LAST, s DESC, z NULLS FIRST, b ASC) INCLUDE (t, v);
CREATE UNIQUE INDEX ON kinds (s) WHERE s > 0; CREATE INDEX ON kinds (lower(t), s); CREATE INDEX ON kinds ((s + 1) DESC);
CREATE INDEX ON kinds (z) WITH (fillfactor = 70); CREATE INDEX ON kinds USING gist (ts tsvector_ops (siglen = 100));
CREATE TABLE child (
    a integer, b integer, x integer, k bigint,
    FOREIGN KEY (a, b) REFERENCES "Odd $chema"."Table" MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL,
    FOREIGN KEY (b, a) REFERENCES "Odd $chema"."Table" ("user", "between") ON UPDATE RESTRICT ON DELETE SET DEFAULT
      DEFERRABLE,
    FOREIGN KEY (x, a) REFERENCES "Odd $chema"."Table" DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT ex EXCLUDE USING btree (k WITH =) WHERE (k > 0));
ALTER TABLE child ADD FOREIGN KEY (k) REFERENCES kinds ON DELETE CASCADE NOT VALID;
CREATE TABLE parted (id integer, day date, v text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
CREATE TABLE parted_d PARTITION OF parted DEFAULT;
CREATE INDEX ON parted (v); CREATE INDEX apart ON ONLY parted (day DESC);
CREATE TABLE listed (k text) PARTITION BY LIST (k);
CREATE TABLE listed_1 PARTITION OF listed FOR VALUES IN ('a', NULL, 'it''s');
CREATE TABLE to_parted (id integer, day date, FOREIGN KEY (id, day) REFERENCES parted);
CREATE MATERIALIZED VIEW mv AS SELECT id, t FROM kinds;
CREATE UNIQUE INDEX ON mv (id);
CREATE TYPE pair AS (a integer, b mood);
CREATE TABLE typed OF pair;
CREATE INDEX ON typed (b);
CREATE TABLE rowed (p pair);
CREATE INDEX ON rowed (p);
