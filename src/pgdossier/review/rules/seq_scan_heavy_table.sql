-- fail: Order Lines
-- with: thresholds.statistics_min_days = 0
-- with: thresholds.scans_per_day = 5
-- needs: 15
CREATE TABLE "Order Lines" (id int, note text);
INSERT INTO "Order Lines" SELECT n, 'note' FROM generate_series(1, 12000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE "Order Lines";
DO $$ BEGIN FOR i IN 1..10 LOOP PERFORM count(*) FROM "Order Lines" WHERE id = i; END LOOP; END $$;
SELECT pg_stat_force_next_flush();

-- pass: not often enough
-- with: thresholds.statistics_min_days = 0
-- needs: 15
CREATE TABLE lines (id int, note text);
INSERT INTO lines SELECT n, 'note' FROM generate_series(1, 12000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE lines;
DO $$ BEGIN FOR i IN 1..10 LOOP PERFORM count(*) FROM lines WHERE id = i; END LOOP; END $$;
SELECT pg_stat_force_next_flush();

-- pass: scans that stop after a few rows, and a small table
-- with: thresholds.statistics_min_days = 0
-- with: thresholds.scans_per_day = 5
-- needs: 15
CREATE TABLE lines (id int, note text);
CREATE TABLE colours (id int);
INSERT INTO lines SELECT n, 'note' FROM generate_series(1, 12000) AS n;
INSERT INTO colours SELECT generate_series(1, 50);
SELECT pg_stat_force_next_flush();
ANALYZE lines, colours;
DO $$ BEGIN FOR i IN 1..10 LOOP PERFORM 1 FROM lines LIMIT 1; PERFORM count(*) FROM colours; END LOOP; END $$;
SELECT pg_stat_force_next_flush();
