-- What PostgreSQL 15 and newer add.

CREATE TABLE nasty.nulls (a integer UNIQUE NULLS NOT DISTINCT, b integer);
CREATE UNIQUE INDEX nulls_b ON nasty.nulls (b) NULLS NOT DISTINCT;
CREATE TABLE nasty.partly (a integer, b text, FOREIGN KEY (a, b) REFERENCES nasty.egg (a, b) ON DELETE SET NULL (b));
CREATE VIEW nasty.invoker WITH (security_invoker) AS SELECT id FROM nasty.egg;
CREATE UNLOGGED SEQUENCE nasty.fleeting;
