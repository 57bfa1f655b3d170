-- Extensions beside plpgsql. The order in which something was said to depend on several is no fact of the
-- catalogs: it is that of their names here, as pgdossier writes them.

CREATE SCHEMA "Left ext";
CREATE EXTENSION pgcrypto SCHEMA "Left ext";
CREATE EXTENSION file_fdw;
CREATE FUNCTION leftovers.on_two() RETURNS void LANGUAGE sql AS '';
ALTER FUNCTION leftovers.on_two() DEPENDS ON EXTENSION pgcrypto;
ALTER FUNCTION leftovers.on_two() DEPENDS ON EXTENSION plpgsql;
CREATE TABLE leftovers.hashes (h text);
CREATE INDEX by_extension ON leftovers.hashes ("Left ext".digest(h, 'sha256'));
ALTER INDEX leftovers.by_extension DEPENDS ON EXTENSION pgcrypto;
REVOKE ALL ON FUNCTION "Left ext".digest(text, text), "Left ext".gen_salt(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "Left ext".digest(text, text) TO "Left; ""over"" role";
GRANT USAGE ON FOREIGN DATA WRAPPER file_fdw TO leftovers_owner WITH GRANT OPTION;
