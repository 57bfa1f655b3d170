-- fail: orders.Odd "Index"
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, note text, state text);
CREATE INDEX ON orders (customer_id);
CREATE INDEX "Odd ""Index""" ON orders (note);
CREATE INDEX used ON orders (state);
CREATE UNIQUE INDEX enforcing ON orders (id, note);
INSERT INTO customers VALUES (1);
INSERT INTO orders SELECT n, 1, 'note ' || n, 'state ' || n % 50 FROM generate_series(1, 2000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE customers, orders;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT count(note) FROM orders WHERE state = 'state 7';
RESET ALL;
SELECT pg_stat_force_next_flush();

-- fail: events.events_what_idx
-- with: thresholds.statistics_min_days = 0
-- needs: 15
-- of a partitioned table all partitions count together
CREATE TABLE events (at date NOT NULL, what text, who text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX ON events (what);
CREATE INDEX ON events (who);
INSERT INTO events SELECT date '2020-01-01' + n % 700, 'what ' || n, 'who ' || n FROM generate_series(1, 2000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE events;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT count(what) FROM events WHERE who = 'who 7' AND at < '2020-12-31';
RESET ALL;
SELECT pg_stat_force_next_flush();

-- pass: the server has counted for a moment only
-- needs: 15
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
CREATE INDEX ON orders (note);
INSERT INTO orders SELECT n, 'note ' || n FROM generate_series(1, 2000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE orders;
SELECT pg_stat_force_next_flush();

-- pass: a small table is read whole whatever indexes it has
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE colours (id int PRIMARY KEY, label text);
CREATE INDEX ON colours (label);
INSERT INTO colours SELECT n, 'colour ' || n FROM generate_series(1, 50) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE colours;

-- pass: they enforce something, identify rows for replication, or repeat one that is told as that
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE orders (id bigint PRIMARY KEY, code text NOT NULL, note text, EXCLUDE USING btree (note WITH =));
CREATE UNIQUE INDEX identity ON orders (code);
CREATE INDEX one ON orders (code, note);
CREATE INDEX other ON orders (code, note);
CREATE INDEX sorted ON orders (note, id);
ALTER TABLE orders REPLICA IDENTITY USING INDEX identity;
ALTER TABLE orders CLUSTER ON sorted;
INSERT INTO orders SELECT n, 'code ' || n, 'note ' || n FROM generate_series(1, 2000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE orders;
SELECT pg_stat_force_next_flush();
