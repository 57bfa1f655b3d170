-- fail: orders.Second; orders.orders_id_key
CREATE TABLE orders (id int PRIMARY KEY, customer int);
ALTER TABLE orders ADD CONSTRAINT orders_id_key UNIQUE (id);
CREATE INDEX "First" ON orders (customer);
CREATE INDEX "Second" ON orders (customer);

-- fail: log.log_at_idx1
-- on a partitioned table: told once
CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX ON log (at);
CREATE INDEX ON log (at);

-- fail: orders.orders_at_desc; orders.orders_at_shop_desc
-- the same, read backwards
CREATE TABLE orders (id int PRIMARY KEY, at date, shop int);
CREATE INDEX orders_at ON orders (at);
CREATE INDEX orders_at_desc ON orders (at DESC);
CREATE INDEX orders_at_shop ON orders (at, shop DESC);
CREATE INDEX orders_at_shop_desc ON orders (at DESC, shop);

-- pass: order, predicate, operators or uniqueness differ
CREATE TABLE orders (id int PRIMARY KEY, label text);
CREATE INDEX ON orders (label);
CREATE INDEX ON orders (label NULLS FIRST);
CREATE INDEX ON orders (label, id);
CREATE INDEX ON orders (label DESC, id);
CREATE INDEX ON orders (label text_pattern_ops);
CREATE INDEX ON orders (label) WHERE id > 5;
CREATE UNIQUE INDEX ON orders (label);
CREATE INDEX ON orders (label) INCLUDE (id);

-- pass: the same columns on two tables
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);
