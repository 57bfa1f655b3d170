-- Since PostgreSQL 16: rules of ICU collations.
SET search_path = '';
CREATE SCHEMA programming_16;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collname = 'en-x-icu') THEN
        EXECUTE 'CREATE COLLATION programming_16.ruled (PROVIDER = icu, LOCALE = ''und'', RULES = ''&V << w <<< W'')';
    END IF;
END $$;
