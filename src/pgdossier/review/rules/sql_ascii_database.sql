-- fail: database
-- own database
-- as if it had been created so
UPDATE pg_catalog.pg_database SET encoding = 0 WHERE datname = pg_catalog.current_database();

-- pass: the encoding is known
-- own database
CREATE TABLE people (id int PRIMARY KEY, name text);

-- pass: encodings other than UTF8 are known as well
-- own database
UPDATE pg_catalog.pg_database SET encoding = 8 WHERE datname = pg_catalog.current_database();
