-- fail: Order Events
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE "Order Events" (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO "Order Events" SELECT n, 'note' FROM generate_series(1, 2000) AS n;
DELETE FROM "Order Events" WHERE id > 500;
SELECT pg_stat_force_next_flush();
ANALYZE "Order Events";
SELECT pg_stat_force_next_flush();

-- fail: events
-- with: thresholds.statistics_min_days = 0
-- needs: 15
-- one partition of two is due
CREATE TABLE events (id int, note text) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (5000) WITH (autovacuum_enabled = false);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (5000) TO (9000);
INSERT INTO events SELECT n, 'note' FROM generate_series(1, 4000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE events;
SELECT pg_stat_force_next_flush();

-- pass: vacuumed
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE events (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO events SELECT n, 'note' FROM generate_series(1, 4000) AS n;
VACUUM events;
DELETE FROM events;
SELECT pg_stat_force_next_flush();

-- pass: too little has changed
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE events (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO events SELECT n, 'note' FROM generate_series(1, 1100) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE events;
SELECT pg_stat_force_next_flush();

-- pass: the server has counted for a moment only
-- needs: 15
CREATE TABLE events (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO events SELECT n, 'note' FROM generate_series(1, 4000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE events;
SELECT pg_stat_force_next_flush();
