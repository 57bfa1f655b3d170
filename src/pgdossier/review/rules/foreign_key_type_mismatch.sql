-- fail: orders.orders_customer_id_fkey
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer REFERENCES customers);

-- fail: Order Lines.to "Order"
-- names that need quotes, and a referencing column that is too short
CREATE TABLE "Order" ("No" varchar(20) PRIMARY KEY);
CREATE TABLE "Order Lines" (id bigint PRIMARY KEY, "Order" varchar(10));
ALTER TABLE "Order Lines" ADD CONSTRAINT "to ""Order""" FOREIGN KEY ("Order") REFERENCES "Order";

-- fail: orders.orders_customer_id_fkey
-- the referenced key is the narrower one
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);

-- fail: notes.notes_author_fkey
-- a join of these two fails for want of a collation
CREATE TABLE authors (name text COLLATE "C" PRIMARY KEY);
CREATE TABLE notes (id bigint PRIMARY KEY, author text REFERENCES authors);

-- fail: readings.readings_place_number_fkey
-- a partitioned table, and a key of two columns of which one differs
CREATE TABLE places (place integer, number bigint, PRIMARY KEY (place, number));
CREATE TABLE readings (at date, place integer, number integer, FOREIGN KEY (place, number) REFERENCES places) PARTITION BY RANGE (at);
CREATE TABLE readings_1 PARTITION OF readings FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- pass: a domain is the type that it is made of
CREATE DOMAIN customer_number AS bigint;
CREATE TABLE customers (id customer_number PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);

-- pass: a text without a bound holds every varchar
CREATE TABLE countries (code varchar(2) PRIMARY KEY);
CREATE TABLE towns (id int PRIMARY KEY, country text REFERENCES countries, other varchar(3) REFERENCES countries);
