-- fail: Orders; lines; shown
-- own database
CREATE TABLE "Orders" (id int PRIMARY KEY, note text);
CREATE TABLE lines (id int PRIMARY KEY, note text);
CREATE TABLE hidden (id int PRIMARY KEY);
CREATE VIEW shown AS SELECT id FROM hidden;
GRANT SELECT, INSERT ON "Orders" TO PUBLIC;
GRANT UPDATE (note), SELECT (id) ON lines TO PUBLIC;
GRANT SELECT, DELETE ON shown TO PUBLIC;

-- pass: a view that is made to be read
-- own database
CREATE TABLE hidden (id int PRIMARY KEY);
CREATE VIEW shown AS SELECT id FROM hidden;
GRANT SELECT ON shown TO PUBLIC;

-- pass: granted to a role
-- own database
CREATE TABLE orders (id int PRIMARY KEY);
GRANT SELECT ON orders TO pg_monitor;

-- pass: nobody may use the schema
CREATE TABLE orders (id int PRIMARY KEY);
GRANT SELECT ON orders TO PUBLIC;
