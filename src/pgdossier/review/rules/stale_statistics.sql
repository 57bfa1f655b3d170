-- fail: Order Lines
-- needs: 15
CREATE TABLE "Order Lines" (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO "Order Lines" SELECT n, 'note' FROM generate_series(1, 2000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE "Order Lines";
UPDATE "Order Lines" SET note = 'other';
SELECT pg_stat_force_next_flush();

-- pass: few of the rows have changed
-- needs: 15
CREATE TABLE lines (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO lines SELECT n, 'note' FROM generate_series(1, 2000) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE lines;
UPDATE lines SET note = 'other' WHERE id < 700;
SELECT pg_stat_force_next_flush();

-- pass: a small table
-- needs: 15
CREATE TABLE lines (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO lines SELECT n, 'note' FROM generate_series(1, 200) AS n;
SELECT pg_stat_force_next_flush();
ANALYZE lines;
UPDATE lines SET note = 'other';
SELECT pg_stat_force_next_flush();

-- pass: it was never analysed, which is told as that
-- needs: 15
CREATE TABLE lines (id int, note text) WITH (autovacuum_enabled = false);
INSERT INTO lines SELECT n, 'note' FROM generate_series(1, 2000) AS n;
SELECT pg_stat_force_next_flush();
