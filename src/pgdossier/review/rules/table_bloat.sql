-- fail: Order Lines
-- with: thresholds.bloat_megabytes = 0
-- needs: 15
CREATE TABLE "Order Lines" (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO "Order Lines" SELECT n, repeat('x', 100) FROM generate_series(1, 5000) AS n;
DELETE FROM "Order Lines" WHERE id % 4 <> 0;
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE "Order Lines";

-- pass: packed; the widest gaps of alignment there are
-- with: thresholds.bloat_megabytes = 0
-- needs: 15
CREATE TABLE lines (id int, note text) WITH (autovacuum_enabled = false);
CREATE TABLE gaps (a bool, b bigint, c bool, d bigint, e bool, f bigint, g bool, h bigint, i bool, j bigint);
INSERT INTO lines SELECT n, repeat('x', 100) FROM generate_series(1, 5000) AS n;
INSERT INTO gaps SELECT true, n, true, n, true, n, true, n, true, n FROM generate_series(1, 5000) AS n;
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE lines, gaps;

-- pass: it is not much
-- needs: 15
CREATE TABLE lines (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO lines SELECT n, repeat('x', 100) FROM generate_series(1, 5000) AS n;
DELETE FROM lines WHERE id % 4 <> 0;
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE lines;
