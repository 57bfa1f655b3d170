-- fail: Pay(amount integer, note text)
-- own database
CREATE FUNCTION "Pay"(amount int, note text) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';

-- pass: only one role may execute it
-- own database
CREATE FUNCTION pay() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION pay FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pay TO pg_monitor;

-- pass: nobody can call a trigger function
-- own database
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN new; END';

-- pass: nobody may use the schema
CREATE FUNCTION pay() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
