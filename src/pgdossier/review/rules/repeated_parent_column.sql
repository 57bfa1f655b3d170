-- fail: orders.customer_name; orders.delivery_address
CREATE TABLE customers (id int PRIMARY KEY, name text, delivery_address text);
CREATE TABLE orders (
    id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, customer_name text, delivery_address text
);

-- fail: Order.customerName
CREATE TABLE "Customer" (id int PRIMARY KEY, "name" text);
CREATE TABLE "Order" (id int PRIMARY KEY, "customerId" int REFERENCES "Customer", "customerName" text);

-- pass: names that every table has say nothing
CREATE TABLE customers (id int PRIMARY KEY, name text, notes text, created_at timestamptz);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, name text, notes text, created_at timestamptz);

-- pass: a foreign key that includes the column keeps it equal
CREATE TABLE customers (id int PRIMARY KEY, tier text, UNIQUE (id, tier));
CREATE TABLE orders (
    id int PRIMARY KEY, customer_id int, customer_tier text,
    FOREIGN KEY (customer_id, customer_tier) REFERENCES customers (id, tier)
);

-- pass: another type is another fact
CREATE TABLE customers (id int PRIMARY KEY, score numeric);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, customer_score text);

-- pass: a history repeats on purpose
CREATE TABLE customers (id int PRIMARY KEY, display_name text);
CREATE TABLE customer_history (id int PRIMARY KEY, customer_id int REFERENCES customers, display_name text);

-- pass: a price is kept as it was
CREATE TABLE products (id int PRIMARY KEY, unit_price numeric);
CREATE TABLE order_lines (id int PRIMARY KEY, product_id int REFERENCES products, unit_price numeric, product_unit_price numeric);
