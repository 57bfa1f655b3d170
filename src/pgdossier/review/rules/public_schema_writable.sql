-- fail: schema
-- own database
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO PUBLIC;

-- fail: Common Ground
-- own database
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA "Common Ground";
GRANT CREATE ON SCHEMA "Common Ground" TO PUBLIC;

-- pass: PUBLIC may use it, a role may create
-- own database
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT CREATE ON SCHEMA public TO pg_monitor;

-- pass: a new schema is its owner's
CREATE TABLE orders (id int PRIMARY KEY);
