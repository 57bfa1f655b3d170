-- fail: users.password_hash; users.ApiKey; shown.iban
-- own database
CREATE TABLE users (id int PRIMARY KEY, name text, password_hash text, "ApiKey" text);
GRANT SELECT ON users TO PUBLIC;
CREATE TABLE accounts (id int PRIMARY KEY, iban text);
CREATE VIEW shown AS SELECT id, iban FROM accounts;
GRANT SELECT (iban) ON shown TO PUBLIC;

-- pass: it is granted to a role, or only other columns are
-- own database
CREATE TABLE users (id int PRIMARY KEY, name text, password text);
GRANT SELECT (id, name) ON users TO PUBLIC;
GRANT SELECT ON users TO pg_monitor;

-- pass: not the secret itself
-- own database
CREATE TABLE users (id int PRIMARY KEY, password_changed_at timestamptz, has_password boolean, token_id int);
GRANT SELECT ON users TO PUBLIC;

-- pass: nobody may use the schema
CREATE TABLE users (id int PRIMARY KEY, password text);
GRANT SELECT ON users TO PUBLIC;
