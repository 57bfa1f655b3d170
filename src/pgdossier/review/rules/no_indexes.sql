-- fail: Read Whole
-- with: thresholds.small_table_rows = 100
CREATE TABLE "Read Whole" (id int, label text);
INSERT INTO "Read Whole" SELECT n, n::text FROM generate_series(1, 200) AS n;
ANALYZE "Read Whole";

-- fail: log
-- with: thresholds.small_table_rows = 100
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO log SELECT '2020-01-01', n FROM generate_series(1, 200) AS n;
ANALYZE log;

-- pass: how large it is nobody knows: that it has no key is told by itself
CREATE TABLE unknown (id int, label text);

-- pass: any index will do
CREATE TABLE items (id int, label text);
CREATE INDEX ON items (label);

-- pass: the partitions have their own
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX ON log_1 (who);

-- pass: a small table is read whole anyway, and a view has no index
CREATE TABLE colours (label text);
INSERT INTO colours VALUES ('red'), ('green');
ANALYZE colours;
CREATE VIEW shown AS SELECT label FROM colours;
