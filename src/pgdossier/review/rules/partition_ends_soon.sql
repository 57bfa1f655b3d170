-- fail: The Log; closed
-- one that ends soon, one that ended long ago
CREATE TABLE "The Log" (at timestamptz NOT NULL) PARTITION BY RANGE (at);
DO $$
BEGIN
    EXECUTE format('CREATE TABLE log_1 PARTITION OF "The Log" FOR VALUES FROM (%L) TO (%L)',
        date_trunc('month', now() AT TIME ZONE 'UTC')::text || '+00',
        (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month')::text || '+00');
END
$$;
CREATE TABLE closed (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE closed_1 PARTITION OF closed FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');

-- fail: days
-- a partition for each day, and none for tomorrow
CREATE TABLE days (at date NOT NULL) PARTITION BY RANGE (at);
DO $$
BEGIN
    EXECUTE format('CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (%L) TO (%L)',
        (now() AT TIME ZONE 'UTC')::date, (now() AT TIME ZONE 'UTC')::date + 1);
END
$$;

-- fail: kept
-- later rows go to the default
CREATE TABLE kept (at date NOT NULL, who int) PARTITION BY RANGE (at, who);
CREATE TABLE kept_1 PARTITION OF kept FOR VALUES FROM ('2020-01-01', 1) TO ('2020-02-01', 1);
CREATE TABLE kept_rest PARTITION OF kept DEFAULT;

-- pass: far ahead, or without end
CREATE TABLE log (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('3020-01-01');
CREATE TABLE other (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE other_1 PARTITION OF other FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);

-- pass: days are created some days ahead
CREATE TABLE days (at date NOT NULL) PARTITION BY RANGE (at);
DO $$
BEGIN
    EXECUTE format('CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (%L) TO (%L)',
        (now() AT TIME ZONE 'UTC')::date + 3, (now() AT TIME ZONE 'UTC')::date + 4);
END
$$;

-- pass: a year that is divided into months ends with the year; numbers are no time
CREATE TABLE log (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE log_2020 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY RANGE (at);
CREATE TABLE log_2020_12 PARTITION OF log_2020 FOR VALUES FROM ('2020-12-01') TO ('2021-01-01');
CREATE TABLE log_later PARTITION OF log FOR VALUES FROM ('2021-01-01') TO ('3021-01-01');
CREATE TABLE numbers (n bigint) PARTITION BY RANGE (n);
CREATE TABLE numbers_1 PARTITION OF numbers FOR VALUES FROM (1) TO (2);

-- fail: log
-- ranges within a list, told once
CREATE TABLE log (who text, at date) PARTITION BY LIST (who);
CREATE TABLE log_a PARTITION OF log FOR VALUES IN ('a') PARTITION BY RANGE (at);
CREATE TABLE log_a_1 PARTITION OF log_a FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE log_b PARTITION OF log FOR VALUES IN ('b') PARTITION BY RANGE (at);
CREATE TABLE log_b_1 PARTITION OF log_b FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
