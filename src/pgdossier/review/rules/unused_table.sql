-- fail: Old Orders
-- with: thresholds.statistics_min_days = 0
-- with: thresholds.unused_table_days = 0
-- needs: 15
CREATE TABLE "Old Orders" (id int, note text);
CREATE TABLE orders (id int, note text);
INSERT INTO "Old Orders" SELECT n, 'note' FROM generate_series(1, 500) AS n;
INSERT INTO orders SELECT n, 'note' FROM generate_series(1, 500) AS n;
SELECT pg_stat_force_next_flush();
SELECT pg_stat_reset_single_table_counters('"Old Orders"'::regclass);
ANALYZE "Old Orders", orders;
SELECT count(*) FROM orders;
SELECT pg_stat_force_next_flush();

-- pass: read, written, or without rows
-- with: thresholds.statistics_min_days = 0
-- with: thresholds.unused_table_days = 0
-- needs: 15
CREATE TABLE readings (id int);
CREATE TABLE written (id int);
CREATE TABLE nothing (id int);
INSERT INTO readings SELECT generate_series(1, 500);
SELECT pg_stat_force_next_flush();
SELECT pg_stat_reset_single_table_counters('readings'::regclass);
INSERT INTO written SELECT generate_series(1, 500);
SELECT count(*) FROM readings;
SELECT pg_stat_force_next_flush();
ANALYZE readings, written, nothing;

-- pass: the server has not counted for a month
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE orders (id int);
INSERT INTO orders SELECT generate_series(1, 500);
SELECT pg_stat_force_next_flush();
SELECT pg_stat_reset_single_table_counters('orders'::regclass);
ANALYZE orders;

-- pass: the rows are in a child that is read
-- with: thresholds.statistics_min_days = 0
-- with: thresholds.unused_table_days = 0
-- needs: 15
CREATE TABLE parents (id int);
CREATE TABLE children () INHERITS (parents);
INSERT INTO parents VALUES (1);
INSERT INTO children SELECT generate_series(1, 500);
SELECT pg_stat_force_next_flush();
SELECT pg_stat_reset_single_table_counters('parents'::regclass);
SELECT count(*) FROM children;
SELECT pg_stat_force_next_flush();
ANALYZE parents, children;
