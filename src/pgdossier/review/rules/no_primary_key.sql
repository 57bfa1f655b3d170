-- fail: readings
CREATE TABLE readings (sensor int, value numeric);

-- fail: Odd "Name"
CREATE TABLE "Odd ""Name""" ("a b" int NOT NULL);
CREATE UNIQUE INDEX "odd idx" ON "Odd ""Name""" ("a b");

-- fail: codes
-- a unique constraint over required columns could be the key
CREATE TABLE codes (code text NOT NULL UNIQUE, label text);

-- fail: events
-- the table, not its partitions
CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- pass: there is one
CREATE TABLE readings (id bigint PRIMARY KEY, value numeric);

-- pass: a partition has the key of its table, or may have none
CREATE TABLE events (at date PRIMARY KEY, what text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- pass: views and the tables of migration tools need none
CREATE TABLE alembic_version (version_num text NOT NULL);
CREATE VIEW versions AS SELECT version_num FROM alembic_version;
