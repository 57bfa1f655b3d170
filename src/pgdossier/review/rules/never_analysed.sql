-- fail: Events; loaded
-- with: thresholds.statistics_min_days = 0
-- needs: 15
-- autovacuum analyses the partitions of the one, and is switched off for the other
CREATE TABLE "Events" (id int) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF "Events" FOR VALUES FROM (1) TO (5000);
CREATE TABLE loaded (id int) WITH (autovacuum_enabled = false);
INSERT INTO "Events" SELECT generate_series(1, 2000);
INSERT INTO loaded SELECT generate_series(1, 2000);
SELECT pg_stat_force_next_flush();
ANALYZE events_1;

-- pass: it was analysed as a whole
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE events (id int) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (5000);
INSERT INTO events SELECT generate_series(1, 2000);
SELECT pg_stat_force_next_flush();
ANALYZE events;

-- pass: small tables
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE events (id int) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (5000);
CREATE TABLE orders (id int) WITH (autovacuum_enabled = false);
INSERT INTO events SELECT generate_series(1, 200);
INSERT INTO orders SELECT generate_series(1, 200);
SELECT pg_stat_force_next_flush();
ANALYZE events_1;
