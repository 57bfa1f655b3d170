-- fail: orders.Left Over; orders.orders_at_idx_ccnew1
-- as a failed CREATE INDEX CONCURRENTLY leaves them
CREATE TABLE orders (id int PRIMARY KEY, customer int, at date);
CREATE INDEX "Left Over" ON orders (customer);
CREATE INDEX orders_at_idx_ccnew1 ON orders (at);
UPDATE pg_catalog.pg_index SET indisvalid = false
WHERE indexrelid IN ('"Left Over"'::regclass, 'orders_at_idx_ccnew1'::regclass);

-- fail: log.log_who_idx
-- a partition has none attached
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX log_who_idx ON ONLY log (who);

-- pass: all of them are valid
CREATE TABLE orders (id int PRIMARY KEY, customer int);
CREATE INDEX ON orders (customer);

-- pass: attached to every partition
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX log_who_idx ON ONLY log (who);
CREATE INDEX log_1_who_idx ON log_1 (who);
ALTER INDEX log_who_idx ATTACH PARTITION log_1_who_idx;
