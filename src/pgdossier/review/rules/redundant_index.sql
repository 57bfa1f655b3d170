-- fail: orders.By Customer; orders.orders_code_idx
CREATE TABLE orders (id int PRIMARY KEY, "Customer" int, at date, code text UNIQUE);
CREATE INDEX "By Customer" ON orders ("Customer");
CREATE INDEX ON orders ("Customer", at);
CREATE INDEX ON orders (code);

-- fail: log.log_at_idx
-- a partitioned table is told once
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX ON log (at);
CREATE INDEX ON log (at, who);

-- fail: orders.orders_a_newest
-- the longer one, read backwards, gives the same order
CREATE TABLE orders (id int PRIMARY KEY, a int, b int);
CREATE INDEX orders_a_newest ON orders (a DESC);
CREATE INDEX ON orders (a, b);

-- pass: order, operators, condition or carried columns differ, or the shorter one keeps a promise
CREATE TABLE orders (id int PRIMARY KEY, a int, b int, label text);
CREATE INDEX ON orders (a, b);
CREATE INDEX ON orders (b);
CREATE INDEX ON orders (a DESC NULLS LAST);
CREATE INDEX ON orders (a) WHERE b > 5;
CREATE INDEX ON orders (a) INCLUDE (label);
CREATE UNIQUE INDEX ON orders (a);
CREATE INDEX ON orders (label text_pattern_ops);
CREATE INDEX ON orders (label, id);

-- pass: another method answers other questions
CREATE TABLE orders (id int PRIMARY KEY, a int, b int);
CREATE INDEX ON orders USING hash (a);
CREATE INDEX ON orders USING brin (a);
CREATE INDEX ON orders (a, b);

-- fail: orders.orders_a_idx
-- of two equal ones, which another rule tells, the one that is left is covered too
CREATE TABLE orders (id int PRIMARY KEY, a int, b int);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_a_idx1 ON orders (a);
CREATE INDEX ON orders (a, b);

-- fail: orders.orders_a_idx; orders.orders_a_b_idx
-- a chain: both are covered by what stays
CREATE TABLE orders (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_a_b_idx ON orders (a, b);
