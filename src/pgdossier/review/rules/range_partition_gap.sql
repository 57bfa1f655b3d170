-- fail: The Log; numbers
CREATE TABLE "The Log" (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF "The Log" FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE log_3 PARTITION OF "The Log" FOR VALUES FROM ('2020-03-01') TO ('2020-04-01');
CREATE TABLE log_5 PARTITION OF "The Log" FOR VALUES FROM ('2020-05-01') TO ('2020-06-01');
CREATE TABLE numbers (n bigint) PARTITION BY RANGE (n);
CREATE TABLE numbers_1 PARTITION OF numbers FOR VALUES FROM (MINVALUE) TO (100);
CREATE TABLE numbers_2 PARTITION OF numbers FOR VALUES FROM (200) TO (MAXVALUE);

-- pass: one begins where the other ends
CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');

-- pass: the default takes what lies between
CREATE TABLE log (at date) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE log_3 PARTITION OF log FOR VALUES FROM ('2020-03-01') TO ('2020-04-01');
CREATE TABLE log_rest PARTITION OF log DEFAULT;

-- fail: a_table_whose_name_is_as_long_as_a_name_in_postgresql_may_be_é
-- a name that has to be cut
CREATE TABLE "a_table_whose_name_is_as_long_as_a_name_in_postgresql_may_be_é" (n int) PARTITION BY RANGE (n);
CREATE TABLE n1 PARTITION OF "a_table_whose_name_is_as_long_as_a_name_in_postgresql_may_be_é" FOR VALUES FROM (1) TO (2);
CREATE TABLE n3 PARTITION OF "a_table_whose_name_is_as_long_as_a_name_in_postgresql_may_be_é" FOR VALUES FROM (3) TO (4);
