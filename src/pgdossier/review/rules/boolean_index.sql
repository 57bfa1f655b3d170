-- fail: jobs.Done?; jobs.jobs_done_failed_idx
CREATE TABLE jobs (id int PRIMARY KEY, done boolean NOT NULL, failed boolean, at date);
CREATE INDEX "Done?" ON jobs (done);
CREATE INDEX ON jobs (done, failed);

-- fail: log.log_seen_idx
-- a partitioned table is told once
CREATE TABLE log (at date, seen boolean) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX ON log (seen);

-- pass: other keys tell rows apart, or the condition does
CREATE TABLE jobs (id int PRIMARY KEY, done boolean NOT NULL, at date);
CREATE INDEX ON jobs (done, at);
CREATE INDEX ON jobs (at) WHERE NOT done;
CREATE INDEX ON jobs (done) WHERE NOT done;

-- pass: a unique index lets one row be the default
CREATE TABLE plans (id int PRIMARY KEY, standard boolean NOT NULL);
CREATE UNIQUE INDEX ON plans (standard) WHERE standard;
