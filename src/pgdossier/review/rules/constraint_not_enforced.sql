-- fail: orders.orders_customer_id_fkey; orders.orders_total_check
-- needs: 18
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint REFERENCES customers NOT ENFORCED,
    total numeric CHECK (total >= 0) NOT ENFORCED
);

-- fail: Order Lines.to "Order"; Order Lines.more "than" none
-- needs: 18
CREATE TABLE "Order" ("No" bigint PRIMARY KEY);
CREATE TABLE "Order Lines" (id int PRIMARY KEY, "Order" bigint, "Amount" int);
ALTER TABLE "Order Lines" ADD CONSTRAINT "to ""Order""" FOREIGN KEY ("Order") REFERENCES "Order" NOT ENFORCED;
ALTER TABLE "Order Lines" ADD CONSTRAINT "more ""than"" none" CHECK ("Amount" > 0) NOT ENFORCED;

-- pass: enforced, as all constraints were before version 18
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric CHECK (total >= 0));

-- pass: enforced and not yet validated is another rule's
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;
