-- fail: orders.id
CREATE SEQUENCE order_numbers;
CREATE TABLE orders (id bigint PRIMARY KEY DEFAULT nextval('order_numbers'));

-- fail: Order Lines.No "1"
CREATE SEQUENCE "Order Lines No";
CREATE TABLE "Order Lines" ("No ""1""" bigint PRIMARY KEY DEFAULT nextval('"Order Lines No"'));

-- fail: orders.id
-- it is the old table's
CREATE TABLE old_orders (id serial PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY DEFAULT nextval('old_orders_id_seq'));
ALTER TABLE old_orders ALTER id DROP DEFAULT;

-- pass: serial and identity columns own their sequence, in partitions as well
CREATE TABLE orders (id serial PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY);
CREATE TABLE events (id bigserial, at date) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- pass: two tables share the numbers
CREATE SEQUENCE numbers;
CREATE TABLE invoices (id bigint PRIMARY KEY DEFAULT nextval('numbers'));
CREATE TABLE credits (id bigint PRIMARY KEY DEFAULT nextval('numbers'));
