-- fail: Jobs
-- with: thresholds.statistics_min_days = 0
-- with: thresholds.many_updates = 1000
-- needs: 15
CREATE TABLE "Jobs" (id int PRIMARY KEY, state text);
CREATE INDEX ON "Jobs" (state);
INSERT INTO "Jobs" SELECT n, 'new' FROM generate_series(1, 2000) AS n;
UPDATE "Jobs" SET state = 'done';
SELECT pg_stat_force_next_flush();
ANALYZE "Jobs";

-- pass: nothing indexed changes, and the pages have room
-- with: thresholds.statistics_min_days = 0
-- with: thresholds.many_updates = 1000
-- needs: 15
CREATE TABLE jobs (id int PRIMARY KEY, state text) WITH (fillfactor = 40);
INSERT INTO jobs SELECT n, 'new' FROM generate_series(1, 2000) AS n;
UPDATE jobs SET state = 'done';
SELECT pg_stat_force_next_flush();
ANALYZE jobs;

-- pass: few updates, or no index
-- with: thresholds.statistics_min_days = 0
-- with: thresholds.many_updates = 1000
-- needs: 15
CREATE TABLE jobs (id int PRIMARY KEY, state text);
CREATE TABLE heap (id int, state text);
CREATE INDEX ON jobs (state);
INSERT INTO jobs SELECT n, 'new' FROM generate_series(1, 500) AS n;
INSERT INTO heap SELECT n, 'new' FROM generate_series(1, 2000) AS n;
UPDATE jobs SET state = 'done';
UPDATE heap SET state = 'done';
SELECT pg_stat_force_next_flush();
ANALYZE jobs, heap;
