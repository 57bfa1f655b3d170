-- fail: Drop(what text); count_in(what text)
CREATE FUNCTION "Drop"(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    EXECUTE 'DROP TABLE ' || what;
END $$;
CREATE FUNCTION count_in(what text) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE n int;
BEGIN
    EXECUTE format('SELECT count(*) FROM %I WHERE %s', what, 'true') INTO n;
    RETURN n;
END $$;

-- pass: quoted, or a value
CREATE FUNCTION count_in(what text, a int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE n int;
BEGIN
    -- don't: EXECUTE 'DROP TABLE ' || what;
    EXECUTE 'SELECT count(*) FROM ' || quote_ident(what) || ' WHERE id = $1; --' INTO n USING a;
    EXECUTE format('SELECT count(*) FROM %I WHERE x = %L AND y LIKE ''100%%s''', what, a) INTO n;
    EXECUTE 'ANALYZE ' || what::regclass;
    EXECUTE 'SELECT 1';
    RETURN n;
END $$;

-- pass: with the caller's rights
CREATE FUNCTION run(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'DROP TABLE ' || what;
END $$;
