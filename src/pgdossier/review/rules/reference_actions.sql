-- fail: orders.orders_customer_id_fkey
-- with: conventions.reference_actions = "explicit"
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint REFERENCES customers ON UPDATE CASCADE DEFERRABLE,
    payer_id bigint REFERENCES customers ON DELETE CASCADE
);

-- fail: Order Lines.to "Order"
-- with: conventions.reference_actions = "no_cascade"
CREATE TABLE "Order" ("No" bigint PRIMARY KEY);
CREATE TABLE "Order Lines" (id int PRIMARY KEY, "Order" bigint, "Other" bigint REFERENCES "Order");
ALTER TABLE "Order Lines" ADD CONSTRAINT "to ""Order""" FOREIGN KEY ("Order") REFERENCES "Order" ON DELETE CASCADE;

-- fail: measured.measured_sensor_id_fkey
-- with: conventions.reference_actions = "explicit"
-- a partitioned table, not its partitions
CREATE TABLE sensors (id bigint PRIMARY KEY);
CREATE TABLE measured (sensor_id bigint REFERENCES sensors, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measured_1 PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- pass: the default side reports nothing
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, payer_id bigint REFERENCES customers ON DELETE CASCADE);

-- pass: written down
-- with: conventions.reference_actions = "explicit"
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers ON DELETE RESTRICT);
