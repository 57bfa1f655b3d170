-- fail: Do It(a integer, b text[])
CREATE FUNCTION "Do It"(a int, b text[] DEFAULT '{}') RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN a; END';

-- fail: plain(); act()
-- with: conventions.function_search_path = "every"
CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE act() LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE FUNCTION fixed() RETURNS int LANGUAGE sql SET search_path = pg_catalog AS 'SELECT 1';

-- pass: it has a path of its own
CREATE FUNCTION safe() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN 1; END';

-- pass: it runs with the rights of the caller
CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- pass: the body was looked up when it was made
-- needs: 14
CREATE FUNCTION bound() RETURNS int LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT 1; END;
CREATE FUNCTION returned() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1;
