-- fail: Later
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE "Later" (id int);
CREATE TABLE orders (id int);
INSERT INTO orders VALUES (1);
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE "Later", orders;

-- fail: database
-- with: thresholds.statistics_min_days = 0
-- needs: 15
-- nobody uses it yet
CREATE TABLE orders (id int);
CREATE TABLE lines (id int);
CREATE TABLE rates (id int);
CREATE TABLE prices (id int);
INSERT INTO prices VALUES (1);
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE orders, lines, rates, prices;

-- pass: a queue is empty most of the time
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE jobs (id int);
INSERT INTO jobs VALUES (1);
DELETE FROM jobs;
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE jobs;

-- pass: how many rows it has is not known
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE orders (id int);
CREATE TABLE others (id int);
VACUUM ANALYZE others;
INSERT INTO others VALUES (1);
SELECT pg_stat_force_next_flush();

-- pass: the server has counted for a moment only
CREATE TABLE orders (id int);
VACUUM ANALYZE orders;

-- pass: the rows are in a child
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE parents (id int);
CREATE TABLE children () INHERITS (parents);
INSERT INTO children VALUES (1);
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE parents, children;
