-- Since PostgreSQL 17: collations of the built-in provider, event triggers on login.
SET search_path = '';
CREATE SCHEMA programming_17;
CREATE COLLATION programming_17."Built; in" (PROVIDER = builtin, LOCALE = 'C.UTF-8');
CREATE TABLE programming_17.t (a text COLLATE programming_17."Built; in");
CREATE FUNCTION programming_17.at_login() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE EVENT TRIGGER programming_login ON login EXECUTE FUNCTION programming_17.at_login();
