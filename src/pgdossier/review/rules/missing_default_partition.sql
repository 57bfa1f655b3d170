-- fail: Sold
CREATE TABLE "Sold" (country text, amount numeric) PARTITION BY LIST (country);
CREATE TABLE sold_de PARTITION OF "Sold" FOR VALUES IN ('de', 'at');
CREATE TABLE "Sold_default" (id int);

-- fail: moods
-- a label is missing
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE moods (mood mood NOT NULL) PARTITION BY LIST (mood);
CREATE TABLE moods_glad PARTITION OF moods FOR VALUES IN ('glad');

-- pass: there is a default
CREATE TABLE sold (country text, amount numeric) PARTITION BY LIST (country);
CREATE TABLE sold_de PARTITION OF sold FOR VALUES IN ('de');
CREATE TABLE sold_rest PARTITION OF sold DEFAULT;

-- pass: there are no other values
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE moods (mood mood NOT NULL) PARTITION BY LIST (mood);
CREATE TABLE moods_glad PARTITION OF moods FOR VALUES IN ('glad');
CREATE TABLE moods_sad PARTITION OF moods FOR VALUES IN ('sad');
CREATE TABLE tasks (done boolean) PARTITION BY LIST (done);
CREATE TABLE tasks_done PARTITION OF tasks FOR VALUES IN (true);
CREATE TABLE tasks_open PARTITION OF tasks FOR VALUES IN (false, NULL);

-- pass: ranges are another matter
CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- fail: sold
-- the same fault in many places is told once
CREATE TABLE sold (at date, country text) PARTITION BY RANGE (at);
CREATE TABLE sold_1 PARTITION OF sold FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (country);
CREATE TABLE sold_1_de PARTITION OF sold_1 FOR VALUES IN ('de');
CREATE TABLE sold_2 PARTITION OF sold FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (country);
CREATE TABLE sold_2_de PARTITION OF sold_2 FOR VALUES IN ('de');
