-- Text search: parsers, templates, dictionaries, configurations, and what depends on them.
-- The functions are the server's own under other names, so that no library is needed.

CREATE SCHEMA "Text Search";
CREATE SCHEMA ts_other;

CREATE FUNCTION "Text Search"."Start ""x"""(internal, integer) RETURNS internal
    LANGUAGE internal STRICT AS 'prsd_start';
CREATE FUNCTION "Text Search".zz_lexize(internal, internal, internal, internal) RETURNS internal
    LANGUAGE internal STRICT AS 'dsimple_lexize';

-- Its name sorts before those of the functions that it needs.
CREATE TEXT SEARCH PARSER "Text Search"."A ""parser""" (
    START = "Text Search"."Start ""x""", GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype
);
COMMENT ON TEXT SEARCH PARSER "Text Search"."A ""parser""" IS 'a \ parser''s comment
-- of two lines';
CREATE TEXT SEARCH PARSER ts_other."select" (
    START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, HEADLINE = prsd_headline, LEXTYPES = prsd_lextype
);

CREATE TEXT SEARCH TEMPLATE "Text Search"."table" (LEXIZE = "Text Search".zz_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH TEMPLATE ts_other.bare (LEXIZE = dsimple_lexize);
COMMENT ON TEXT SEARCH TEMPLATE "Text Search"."table" IS 'it''s a template';

CREATE TEXT SEARCH DICTIONARY "Text Search"."Dict 'quoted' ""name"" \ " (
    TEMPLATE = "Text Search"."table", StopWords = 'english', "accept" = false
);
COMMENT ON TEXT SEARCH DICTIONARY "Text Search"."Dict 'quoted' ""name"" \ " IS E'tab\there';
CREATE TEXT SEARCH DICTIONARY "Text Search".plain (TEMPLATE = pg_catalog.simple);
CREATE TEXT SEARCH DICTIONARY "Text Search".stem (TEMPLATE = snowball, LANGUAGE = english, STOPWORDS = english);
CREATE TEXT SEARCH DICTIONARY ts_other.synonyms (TEMPLATE = synonym, SYNONYMS = 'synonym_sample', CASESENSITIVE = 1);
CREATE TEXT SEARCH DICTIONARY ts_other.ispell_like (
    TEMPLATE = ispell, DICTFILE = ispell_sample, AFFFILE = ispell_sample, STOPWORDS = english
);
-- A thesaurus asks another dictionary, whose name comes after its own; pg_depend does not say so.
CREATE TEXT SEARCH DICTIONARY ts_other."zz 'asked'" (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH DICTIONARY ts_other.a_thesaurus (
    TEMPLATE = thesaurus, DICTFILE = thesaurus_sample, DICTIONARY = 'ts_other."zz ''asked''"'
);

CREATE TEXT SEARCH CONFIGURATION "Text Search"."Config ""one""" (PARSER = "Text Search"."A ""parser""");
ALTER TEXT SEARCH CONFIGURATION "Text Search"."Config ""one"""
    ADD MAPPING FOR word, asciiword
    WITH ts_other.a_thesaurus, "Text Search"."Dict 'quoted' ""name"" \ ", "Text Search".stem, ts_other.synonyms, pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION "Text Search"."Config ""one"""
    ADD MAPPING FOR int, uint WITH "Text Search".stem, "Text Search".plain;
COMMENT ON TEXT SEARCH CONFIGURATION "Text Search"."Config ""one""" IS 'configuration';
CREATE TEXT SEARCH CONFIGURATION ts_other.empty (PARSER = pg_catalog."default");
CREATE TEXT SEARCH CONFIGURATION ts_other.copied (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION ts_other.copied ALTER MAPPING REPLACE english_stem WITH "Text Search".stem;
ALTER TEXT SEARCH CONFIGURATION ts_other.copied DROP MAPPING FOR url_path, "float";

-- What depends on configurations and dictionaries: defaults, checks, generated columns, views, indexes.
CREATE TABLE ts_other.a_documents (
    id integer PRIMARY KEY,
    body text NOT NULL CHECK (to_tsvector('"Text Search"."Config ""one"""'::regconfig, body) <> ''::tsvector),
    config regconfig DEFAULT 'ts_other.copied'::regconfig,
    dictionary regdictionary DEFAULT '"Text Search"."Dict ''quoted'' ""name"" \ "'::regdictionary,
    found tsvector GENERATED ALWAYS AS (to_tsvector('ts_other.copied'::regconfig, body)) STORED
);
CREATE INDEX a_documents_body ON ts_other.a_documents
    USING gin (to_tsvector('"Text Search"."Config ""one"""'::regconfig, body));
CREATE VIEW ts_other.a_view AS
    SELECT to_tsquery('ts_other.empty', 'a & b') AS query, ts_lexize('"Text Search".stem', 'words') AS lexemes;
CREATE FUNCTION ts_other.a_function(config regconfig DEFAULT 'ts_other.copied'::regconfig) RETURNS text
    LANGUAGE sql AS 'SELECT $1::text';
