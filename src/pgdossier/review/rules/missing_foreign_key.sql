-- fail: orders.customer_id
CREATE TABLE customers (id bigint PRIMARY KEY, name text);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL);

-- fail: Order Lines.Product_id
CREATE TABLE "Products" (id uuid PRIMARY KEY, name text);
CREATE TABLE "Order Lines" (id bigint PRIMARY KEY, "Product_id" uuid NOT NULL);

-- pass: it is declared
CREATE TABLE customers (id bigint PRIMARY KEY, name text);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);

-- pass: a type that cannot hold the key, a name of somebody else's, a list of keys
CREATE TABLE customers (id bigint PRIMARY KEY, name text);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id text, stripe_customer_id text, customer_ids bigint[]);

-- pass: a log outlives what it is about
CREATE TABLE customers (id bigint PRIMARY KEY, name text);
CREATE TABLE audit_log (id bigint PRIMARY KEY, customer_id bigint, changed_at timestamptz, old_values jsonb);
