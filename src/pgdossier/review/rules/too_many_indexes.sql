-- fail: orders
-- with: thresholds.many_indexes = 4
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, state text, at date);
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (state);
CREATE INDEX ON orders (at);

-- pass: a few are what a table needs
CREATE TABLE orders (id int PRIMARY KEY, state text, at date);
CREATE INDEX ON orders (state);
CREATE INDEX ON orders (at);

-- pass: those of the partitions are not added up
-- with: thresholds.many_indexes = 4
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX ON log (at);
CREATE INDEX ON log (who);

-- pass: most of them serve keys and foreign keys
-- with: thresholds.many_indexes = 4
CREATE TABLE people (id int PRIMARY KEY);
CREATE TABLE games (
    id int PRIMARY KEY, a int REFERENCES people, b int REFERENCES people, c int REFERENCES people, code text UNIQUE
);
CREATE INDEX ON games (a);
CREATE INDEX ON games (b);
CREATE INDEX ON games (c);
