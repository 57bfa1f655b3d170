-- fail: The Log; spread
CREATE TABLE "The Log" (at date) PARTITION BY RANGE (at);
CREATE TABLE spread (id int) PARTITION BY HASH (id);

-- fail: log_1
-- a partition that is divided again
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (who);

-- pass: one is enough to begin with
CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- pass: a default partition takes every row
CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_rest PARTITION OF log DEFAULT;
