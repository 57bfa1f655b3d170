-- fail: Read Whole
CREATE TABLE "Read Whole" (id int, label text);

-- fail: log
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

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
