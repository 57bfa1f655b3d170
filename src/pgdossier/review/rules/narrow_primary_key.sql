-- fail: orders.id
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id bigint REFERENCES customers, created_at timestamptz);
CREATE TABLE lines (order_id int REFERENCES orders, n int, PRIMARY KEY (order_id, n));

-- fail: orders.id
-- two foreign keys of one column are one column to change; one to another key of the table is none
CREATE TABLE orders (id serial PRIMARY KEY, code text NOT NULL UNIQUE, created_at timestamptz);
CREATE TABLE lines (order_id int REFERENCES orders, n int, PRIMARY KEY (order_id, n));
ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders;
CREATE TABLE labels (code text PRIMARY KEY REFERENCES orders (code));

-- fail: Audit_Log.Id
CREATE TABLE "Audit_Log" ("Id" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created_at timestamptz);

-- pass: eight bytes last
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint REFERENCES customers, created_at timestamptz);

-- pass: a lookup table does not grow
CREATE TABLE colours (id serial PRIMARY KEY, name text);

-- pass: no sequence spends the numbers
CREATE TABLE years (id int PRIMARY KEY);
CREATE TABLE reports (year int PRIMARY KEY REFERENCES years, created_at timestamptz);

-- pass: a thing that is made now and then
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE shops (id serial PRIMARY KEY, owner bigint REFERENCES customers, created_at timestamptz);
