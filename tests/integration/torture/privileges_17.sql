-- MAINTAIN, and all privileges without it.

CREATE TABLE priv.maintained (a integer);
ALTER TABLE priv.maintained OWNER TO priv_owner;
GRANT MAINTAIN ON priv.maintained TO "all";
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON priv.maintained TO priv_second;
REVOKE MAINTAIN ON priv.maintained FROM priv_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE priv_owner IN SCHEMA priv GRANT MAINTAIN ON TABLES TO PUBLIC;
