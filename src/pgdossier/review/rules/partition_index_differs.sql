-- fail: The Log
CREATE TABLE "The Log" (at date, "Who" int, n int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF "The Log" FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE log_2 PARTITION OF "The Log" FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX "Only Here" ON log_1 ("Who" DESC, lower("Who"::text)) WHERE n > 5;
CREATE INDEX ON log_1 (n);
CREATE INDEX ON log_2 (n);

-- fail: log
-- through two levels
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (who);
CREATE TABLE log_1_1 PARTITION OF log_1 FOR VALUES IN (1);
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX ON log_1 (who);

-- pass: the table's index is on each
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX ON log (who);

-- pass: a key without the partition key can only be on the partitions
CREATE TABLE log (id int NOT NULL, at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
ALTER TABLE log_1 ADD PRIMARY KEY (id);
ALTER TABLE log_2 ADD PRIMARY KEY (id);
