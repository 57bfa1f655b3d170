-- fail: Handler()
CREATE FUNCTION "Handler"() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';

-- fail: handler(); run()
-- own database
CREATE FUNCTION handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE LANGUAGE wild HANDLER handler;
CREATE FUNCTION run() RETURNS int LANGUAGE wild AS 'BEGIN RETURN 1; END';

-- pass: trusted languages
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 2; END';

-- pass: those of an extension are its own
-- own database
-- needs: 14
CREATE EXTENSION hstore;
