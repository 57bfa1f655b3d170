-- Since PostgreSQL 17: collations of the built-in provider, event triggers on login.
SET search_path = '';
CREATE SCHEMA programming_17;
CREATE COLLATION programming_17."Built; in" (PROVIDER = builtin, LOCALE = 'C.UTF-8');
CREATE TABLE programming_17.t (a text COLLATE programming_17."Built; in");
CREATE FUNCTION programming_17.at_login() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE EVENT TRIGGER programming_login ON login EXECUTE FUNCTION programming_17.at_login();

-- A column computed by a function whose argument is a row of the column's own table.
CREATE TABLE programming_17.own_row (a integer, last text);
CREATE FUNCTION programming_17.of_own_row(programming_17.own_row) RETURNS integer
    LANGUAGE sql IMMUTABLE AS 'SELECT $1.a * 2';
ALTER TABLE programming_17.own_row
    ADD COLUMN doubled integer GENERATED ALWAYS AS (programming_17.of_own_row(NULL::programming_17.own_row)) STORED NOT NULL,
    ADD COLUMN after_it text;
