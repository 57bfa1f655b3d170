-- Statistics on expressions, compression.

CREATE STATISTICS extras.of_expression ON (extras.twice(a)) FROM extras.correlated;
CREATE STATISTICS extras.of_expressions (mcv) ON (a + "B b"), c, (lower(c) COLLATE "C"), date_trunc('day', ts AT TIME ZONE 'UTC')
    FROM extras.correlated;
ALTER STATISTICS extras.of_expressions SET STATISTICS 50;
ALTER TABLE extras.correlated ALTER c SET COMPRESSION pglz;
CREATE TABLE extras.compressed (a text COMPRESSION pglz, b text, c jsonb COMPRESSION pglz);
CREATE TABLE extras.not_compressed () INHERITS (extras.compressed);
ALTER TABLE extras.not_compressed ALTER a SET COMPRESSION default, ALTER b SET COMPRESSION pglz;
ALTER MATERIALIZED VIEW extras.mat ALTER c SET COMPRESSION pglz;

-- An extension that needs another one, in another schema.
CREATE SCHEMA "Extras, ext;";
CREATE EXTENSION cube SCHEMA "Extras, ext;";
CREATE EXTENSION earthdistance SCHEMA extras;
COMMENT ON EXTENSION earthdistance IS 'needs ''cube''';
