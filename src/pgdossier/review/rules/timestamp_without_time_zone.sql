-- fail: orders
CREATE TABLE orders (id int PRIMARY KEY, placed_at timestamp NOT NULL DEFAULT now(), "Paid At" timestamp(3));
CREATE INDEX ON orders (placed_at);

-- fail: shown
-- a view stands in the way of changing the type
CREATE TABLE shown (id int PRIMARY KEY, at timestamp);
CREATE VIEW later AS SELECT id, at FROM shown;

-- fail: moments
-- through a domain
CREATE DOMAIN moment AS timestamp;
CREATE TABLE moments (id int PRIMARY KEY, at moment);

-- pass: with time zone it is a moment; a date has none
CREATE TABLE orders (id int PRIMARY KEY, placed_at timestamptz, due date);

-- pass: the name says that a local time is meant
CREATE TABLE appointments (id int PRIMARY KEY, local_start timestamp, time_zone text);

-- pass: what a child inherits, and what partitions have, is their parent's matter
CREATE TABLE log (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
