-- fail: pg_trgm
-- own database
-- needs: 14
CREATE EXTENSION pg_trgm;

-- pass: it has a schema of its own
-- own database
-- needs: 14
CREATE SCHEMA extensions;
CREATE EXTENSION pg_trgm SCHEMA extensions;

-- pass: PL/pgSQL is in pg_catalog
-- own database
CREATE TABLE t (id int PRIMARY KEY);
