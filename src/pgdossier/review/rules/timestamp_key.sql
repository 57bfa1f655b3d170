-- fail: events.events_pkey; steps.Step; noted.noted_pkey
CREATE TABLE events (at timestamptz PRIMARY KEY DEFAULT now(), what text);
CREATE TABLE steps (id int PRIMARY KEY, job int, "At" timestamp DEFAULT CURRENT_TIMESTAMP, CONSTRAINT "Step" UNIQUE (job, "At"));
CREATE TABLE noted (at timestamptz PRIMARY KEY);

-- pass: the moment is part of what the row is
CREATE TABLE readings (sensor int, hour timestamptz, value numeric, PRIMARY KEY (sensor, hour));
CREATE TABLE prices (day date PRIMARY KEY, price numeric);

-- pass: a partitioned table has its partition key in every key
CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (id, at))
    PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
