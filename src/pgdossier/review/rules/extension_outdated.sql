-- fail: hstore
-- own database
-- needs: 14
CREATE EXTENSION hstore VERSION '1.4';
CREATE EXTENSION pg_trgm;

-- pass: of the server's version
-- own database
-- needs: 14
CREATE EXTENSION hstore;

-- pass: none is installed but that which is always there
-- own database
CREATE TABLE orders (id int PRIMARY KEY);
