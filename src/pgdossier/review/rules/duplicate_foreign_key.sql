-- fail: orders.orders_customer_fk
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint,
    CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers,
    CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE
);

-- fail: Order Lines.Second "key"
-- names that need quotes, and columns in another order
CREATE TABLE "Order" ("No" int, "Year" int, PRIMARY KEY ("No", "Year"), UNIQUE ("Year", "No"));
CREATE TABLE "Order Lines" (id int PRIMARY KEY, "No" int NOT NULL, "Year" int NOT NULL);
ALTER TABLE "Order Lines" ADD CONSTRAINT "First" FOREIGN KEY ("No", "Year") REFERENCES "Order" ("No", "Year");
ALTER TABLE "Order Lines" ADD CONSTRAINT "Second ""key""" FOREIGN KEY ("Year", "No") REFERENCES "Order" ("Year", "No");

-- fail: orders.a_first_by_name
-- the validated one is kept
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);
ALTER TABLE orders ADD CONSTRAINT a_first_by_name FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;

-- pass: two references to one table, by other columns
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint REFERENCES users, editor_id bigint REFERENCES users);

-- pass: one column to two tables, or to two keys of one table
CREATE TABLE users (id bigint PRIMARY KEY, number bigint UNIQUE);
CREATE TABLE members (id bigint PRIMARY KEY);
CREATE TABLE posts (
    id bigint PRIMARY KEY, author_id bigint REFERENCES users REFERENCES members,
    FOREIGN KEY (author_id) REFERENCES users (number)
);

-- pass: a partition has the foreign key of its table
CREATE TABLE sensors (id bigint PRIMARY KEY);
CREATE TABLE measured (sensor_id bigint REFERENCES sensors, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measured_1 PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
