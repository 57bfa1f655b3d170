-- fail: Readings; codes; silent
-- own database
CREATE TABLE "Readings" (sensor int, value numeric);
CREATE TABLE codes (code text NOT NULL);
CREATE UNIQUE INDEX "By Code" ON codes (code);
CREATE TABLE silent (id int PRIMARY KEY);
ALTER TABLE silent REPLICA IDENTITY NOTHING;
CREATE TABLE keyed (id int PRIMARY KEY);
CREATE UNLOGGED TABLE scratch (id int);
CREATE PUBLICATION everything FOR ALL TABLES;

-- fail: log; later
-- partitions, and a key that is checked late
CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE later (id int PRIMARY KEY DEFERRABLE);
CREATE PUBLICATION rule_case_parts FOR TABLE log, later;

-- pass: only insertions are published
CREATE TABLE readings (sensor int, value numeric);
CREATE PUBLICATION rule_case_inserts FOR TABLE readings WITH (publish = 'insert');

-- pass: identified, or not published
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE whole (id int);
ALTER TABLE whole REPLICA IDENTITY FULL;
CREATE TABLE alone (id int);
CREATE PUBLICATION rule_case_orders FOR TABLE orders, whole;

-- fail: inside
-- needs: 15
-- own database
-- a whole schema
CREATE TABLE inside (id int);
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA public;
