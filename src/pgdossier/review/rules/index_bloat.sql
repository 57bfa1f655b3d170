-- fail: readings.Odd Index
-- with: thresholds.bloat_megabytes = 0
-- needs: 15
CREATE TABLE readings (id bigint, at timestamptz(3), note text) WITH (autovacuum_enabled = false);
CREATE INDEX "Odd Index" ON readings (id, at);
INSERT INTO readings SELECT n, now(), 'x' FROM generate_series(1, 20000) AS n;
DELETE FROM readings WHERE id % 10 <> 0;
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE readings;

-- pass: filled in order, in any order, with equal values, and by text
-- with: thresholds.bloat_megabytes = 0
-- needs: 15
CREATE TABLE readings (id bigint PRIMARY KEY, random uuid, same smallint, note text) WITH (autovacuum_enabled = false);
CREATE INDEX ON readings (random);
CREATE INDEX ON readings (same);
CREATE INDEX ON readings (note);
CREATE INDEX ON readings (id) INCLUDE (random, same);
INSERT INTO readings SELECT n, md5(n::text)::uuid, 1, repeat('x', 200) FROM generate_series(1, 20000) AS n;
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE readings;

-- pass: it is not much
-- needs: 15
CREATE TABLE readings (id bigint PRIMARY KEY) WITH (autovacuum_enabled = false);
INSERT INTO readings SELECT n FROM generate_series(1, 20000) AS n;
DELETE FROM readings WHERE id % 10 <> 0;
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE readings;

-- pass: an index over some of the rows
-- with: thresholds.bloat_megabytes = 0
-- needs: 15
CREATE TABLE readings (id bigint) WITH (autovacuum_enabled = false);
CREATE INDEX ON readings (id) WHERE id > 10;
INSERT INTO readings SELECT n FROM generate_series(1, 20000) AS n;
DELETE FROM readings WHERE id % 10 <> 0;
SELECT pg_stat_force_next_flush();
VACUUM ANALYZE readings;
