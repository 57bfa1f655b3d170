-- fail: schema
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE "Orders" (id bigint PRIMARY KEY, customer_id bigint);
CREATE TABLE products (id bigint PRIMARY KEY);
CREATE TABLE lines (id bigint PRIMARY KEY, "Orders_id" bigint, product_id bigint);

-- fail: schema
-- nothing looks like a reference either
CREATE TABLE a (id bigint PRIMARY KEY);
CREATE TABLE b (id bigint PRIMARY KEY);
CREATE TABLE c (id bigint PRIMARY KEY);
CREATE TABLE d (id bigint PRIMARY KEY);

-- pass: one foreign key is enough
CREATE TABLE a (id bigint PRIMARY KEY);
CREATE TABLE b (id bigint PRIMARY KEY REFERENCES a);
CREATE TABLE c (id bigint PRIMARY KEY);
CREATE TABLE d (id bigint PRIMARY KEY);

-- pass: three tables need not belong together
CREATE TABLE a (id bigint PRIMARY KEY);
CREATE TABLE b (id bigint PRIMARY KEY);
CREATE TABLE c (id bigint PRIMARY KEY);

-- pass: partitions are no tables of their own
CREATE TABLE p (id bigint PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE p2 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 2);
