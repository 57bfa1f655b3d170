-- fail: Lines; shown
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE "Lines" (id int PRIMARY KEY);
CREATE VIEW shown AS SELECT id FROM orders;
COMMENT ON TABLE orders IS 'What somebody bought at one time.';
COMMENT ON TABLE "Lines" IS ' ';

-- fail: database
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE lines (id int PRIMARY KEY);
CREATE TABLE rates (id int PRIMARY KEY);

-- fail: orders; orders.stamping; stamp(); state
-- with: conventions.comments = "everything"
CREATE TYPE state AS ENUM ('new');
CREATE TABLE orders (id int PRIMARY KEY, paid date);
COMMENT ON TABLE orders IS 'What somebody bought at one time.';
COMMENT ON COLUMN orders.id IS 'A number that is printed on the bill.';
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER stamping BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp();

-- pass: tables are described, columns need not be; the tables of migration tools are nobody's
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL);
COMMENT ON TABLE orders IS 'What somebody bought at one time.';

-- pass: nothing must be described
-- with: conventions.comments = "none"
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE lines (id int PRIMARY KEY);
CREATE TABLE rates (id int PRIMARY KEY);
