-- fail: orders.orders_customer_id_fkey
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);

-- fail: Order Lines.Order Lines_Order_No_fkey
-- names that need quotes
CREATE TABLE "Order" ("No" bigint PRIMARY KEY);
CREATE TABLE "Order Lines" (id bigint PRIMARY KEY, "Order" bigint);
ALTER TABLE "Order Lines" ADD CONSTRAINT "Order Lines_Order_No_fkey" FOREIGN KEY ("Order") REFERENCES "Order";

-- fail: measured.measured_sensor_id_fkey
-- a partitioned table is told once, not with each partition
CREATE TABLE sensors (id bigint PRIMARY KEY);
CREATE TABLE measured (sensor_id bigint REFERENCES sensors, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measured_1 PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE measured_2 PARTITION OF measured FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');

-- fail: late.late_a_b_fkey
-- only the second key column stands first
CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE late (a int, b int, c int, CONSTRAINT late_a_b_fkey FOREIGN KEY (a, b) REFERENCES pairs);
CREATE INDEX ON late (a, c, b);

-- fail: measured.sensor_id
-- the partitions declare it themselves: told with the table
CREATE TABLE sensors (id bigint PRIMARY KEY);
CREATE TABLE measured (sensor_id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measured_1 PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE measured_1 ADD FOREIGN KEY (sensor_id) REFERENCES sensors;

-- pass: the first columns of a longer index are those of the foreign key, in another order
CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE details (a int, b int, n int, PRIMARY KEY (b, a, n), FOREIGN KEY (a, b) REFERENCES pairs);

-- pass: the index leaves out only the rows that reference nothing
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);
CREATE INDEX ON orders (customer_id) WHERE customer_id IS NOT NULL;

-- pass: a small table is read whole anyway
CREATE TABLE colours (id int PRIMARY KEY);
CREATE TABLE paints (id int PRIMARY KEY, colour_id int REFERENCES colours);
INSERT INTO colours VALUES (1);
INSERT INTO paints SELECT n, 1 FROM generate_series(1, 50) AS n;
ANALYZE colours, paints;

-- pass: the bookkeeping of a migration tool is nobody's design
CREATE TABLE ar_internal_metadata (key text PRIMARY KEY, value text);
CREATE TABLE schema_migrations (version text PRIMARY KEY REFERENCES ar_internal_metadata);
CREATE TABLE django_migrations (id int, app text REFERENCES schema_migrations, name text, applied timestamptz);

-- pass: one of the columns tells the referenced row already
CREATE TABLE rooms (id int PRIMARY KEY, venue_id int, UNIQUE (venue_id, id));
CREATE TABLE meetings (id int PRIMARY KEY, venue_id int, room_id int, FOREIGN KEY (venue_id, room_id) REFERENCES rooms (venue_id, id));
CREATE INDEX ON meetings (room_id);

-- fail: meetings.meetings_fkey
-- here it does not
CREATE TABLE rooms (number int, venue_id int, UNIQUE (venue_id, number));
CREATE TABLE meetings (
    id int PRIMARY KEY, venue_id int, room int,
    CONSTRAINT meetings_fkey FOREIGN KEY (venue_id, room) REFERENCES rooms (venue_id, number)
);
CREATE INDEX ON meetings (venue_id);
