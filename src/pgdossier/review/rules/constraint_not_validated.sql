-- fail: orders.orders_customer_fk; orders.orders_total_check
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, total numeric);
ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;

-- fail: Order Lines.more "than" none
CREATE TABLE "Order Lines" (id int PRIMARY KEY, "Amount" int);
ALTER TABLE "Order Lines" ADD CONSTRAINT "more ""than"" none" CHECK ("Amount" > 0) NOT VALID;

-- fail: Label; unused
-- of domains
CREATE DOMAIN "Label" AS text;
CREATE TABLE tags (id int PRIMARY KEY, label "Label");
ALTER DOMAIN "Label" ADD CONSTRAINT "not empty" CHECK (VALUE <> '') NOT VALID;
CREATE DOMAIN unused AS text;
ALTER DOMAIN unused ADD CONSTRAINT short CHECK (length(VALUE) < 10) NOT VALID;

-- fail: orders.total_given
-- needs: 18
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
ALTER TABLE orders ADD CONSTRAINT total_given NOT NULL total NOT VALID;

-- pass: they were validated
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric);
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;

-- pass: what is not enforced is another rule's
-- needs: 18
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers NOT ENFORCED);
