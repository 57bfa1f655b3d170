-- fail: customers; OrderLines
-- with: conventions.table_names = "singular"
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE "OrderLines" (id int PRIMARY KEY);
CREATE TABLE address (id int PRIMARY KEY);

-- fail: customer
-- with: conventions.table_names = "plural"
CREATE TABLE customer (id int PRIMARY KEY);
CREATE TABLE people (id int PRIMARY KEY);

-- pass: the default side reports nothing
CREATE TABLE customer (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY);

-- pass: words with one number only
-- with: conventions.table_names = "plural"
CREATE TABLE price_history (id int PRIMARY KEY);
CREATE TABLE settings (id int PRIMARY KEY);
