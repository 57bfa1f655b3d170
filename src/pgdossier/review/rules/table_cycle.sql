-- fail: addresses
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE addresses (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);
ALTER TABLE customers ADD default_address_id bigint REFERENCES addresses;

-- fail: A "one"
-- three tables, with a deferrable way in
CREATE TABLE "A ""one""" (id bigint PRIMARY KEY, b_id bigint NOT NULL);
CREATE TABLE b (id bigint PRIMARY KEY, c_id bigint NOT NULL);
CREATE TABLE c (id bigint PRIMARY KEY, "A" bigint NOT NULL REFERENCES "A ""one""");
ALTER TABLE "A ""one""" ADD FOREIGN KEY (b_id) REFERENCES b;
ALTER TABLE b ADD FOREIGN KEY (c_id) REFERENCES c DEFERRABLE;

-- pass: a tree
CREATE TABLE customers (id bigint PRIMARY KEY, parent_id bigint REFERENCES customers);
CREATE TABLE addresses (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);

-- pass: two ways from one table to another are no circle
CREATE TABLE countries (id bigint PRIMARY KEY);
CREATE TABLE towns (id bigint PRIMARY KEY, country_id bigint REFERENCES countries);
CREATE TABLE people (id bigint PRIMARY KEY, town_id bigint REFERENCES towns, country_id bigint REFERENCES countries);
