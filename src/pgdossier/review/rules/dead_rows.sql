-- fail: Order Events
-- with: thresholds.dead_rows_least = 1000
-- needs: 15
CREATE TABLE "Order Events" (id int, note text) WITH (autovacuum_enabled = false);
VACUUM "Order Events";
INSERT INTO "Order Events" SELECT n, 'note' FROM generate_series(1, 3000) AS n;
DELETE FROM "Order Events" WHERE id > 500;
SELECT pg_stat_force_next_flush();
ANALYZE "Order Events";
SELECT pg_stat_force_next_flush();

-- pass: few, in numbers
-- needs: 15
CREATE TABLE events (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO events SELECT n, 'note' FROM generate_series(1, 3000) AS n;
DELETE FROM events WHERE id > 500;
SELECT pg_stat_force_next_flush();
ANALYZE events;
SELECT pg_stat_force_next_flush();

-- pass: few, as a share
-- with: thresholds.dead_rows_least = 100
-- needs: 15
CREATE TABLE events (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO events SELECT n, 'note' FROM generate_series(1, 3000) AS n;
DELETE FROM events WHERE id > 2500;
SELECT pg_stat_force_next_flush();
ANALYZE events;
SELECT pg_stat_force_next_flush();
