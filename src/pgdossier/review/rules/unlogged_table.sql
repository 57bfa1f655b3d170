-- fail: Work Queue; Done
CREATE UNLOGGED TABLE "Work Queue" (id int PRIMARY KEY, what text);
CREATE UNLOGGED TABLE "Done" (id int PRIMARY KEY REFERENCES "Work Queue");

-- fail: log
CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE UNLOGGED TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');

-- pass: logged tables
CREATE TABLE orders (id int PRIMARY KEY);

-- pass: a materialized view can be made again from what it reads
CREATE TABLE orders (id int PRIMARY KEY);
CREATE MATERIALIZED VIEW recent AS SELECT id FROM orders;
