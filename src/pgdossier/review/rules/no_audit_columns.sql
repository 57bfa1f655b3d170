-- fail: Prices
-- three of four tables have them
CREATE TABLE customers (id int PRIMARY KEY, created_at timestamptz);
CREATE TABLE orders (id int PRIMARY KEY, created_at timestamptz);
CREATE TABLE products (id int PRIMARY KEY, created_at timestamptz);
CREATE TABLE "Prices" (id int PRIMARY KEY);

-- fail: database
-- no table has them: one finding, not four
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE products (id int PRIMARY KEY);
CREATE TABLE prices (id int PRIMARY KEY);

-- pass: junctions, logs and dated facts need none
CREATE TABLE customers (id int PRIMARY KEY, created_at timestamptz);
CREATE TABLE products (id int PRIMARY KEY, created_at timestamptz);
CREATE TABLE orders (id int PRIMARY KEY, updated_at timestamptz);
CREATE TABLE wishes (customer int REFERENCES customers, product int REFERENCES products, PRIMARY KEY (customer, product));
CREATE TABLE order_log (id int PRIMARY KEY);
CREATE TABLE rates (day date PRIMARY KEY, rate numeric);

-- pass: three tables are no habit
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY);
