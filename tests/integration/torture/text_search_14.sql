-- A function whose body is parsed depends on the configuration that it names.
CREATE FUNCTION ts_other.a_parsed(body text) RETURNS tsvector
    LANGUAGE sql BEGIN ATOMIC SELECT to_tsvector('"Text Search"."Config ""one"""'::regconfig, body); END;
