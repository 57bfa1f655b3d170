-- fail: vehicles
CREATE TABLE vehicles (id bigint PRIMARY KEY, name text);
CREATE TABLE cars (doors int) INHERITS (vehicles);

-- fail: Log "all"
-- a table divided by hand, and a child of a child
CREATE TABLE "Log ""all""" (at date, what text);
CREATE TABLE log_2020 (CHECK (at >= '2020-01-01' AND at < '2021-01-01')) INHERITS ("Log ""all""");
CREATE TABLE log_2021 (CHECK (at >= '2021-01-01' AND at < '2022-01-01')) INHERITS ("Log ""all""");

-- fail: things; vehicles
CREATE TABLE things (id bigint);
CREATE TABLE vehicles (wheels int) INHERITS (things);
CREATE TABLE cars (doors int) INHERITS (vehicles);

-- pass: partitions do not inherit by hand
CREATE TABLE log (at date, what text) PARTITION BY RANGE (at);
CREATE TABLE log_2020 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- pass: LIKE copies columns and leaves no bond
CREATE TABLE vehicles (id bigint PRIMARY KEY, name text);
CREATE TABLE cars (LIKE vehicles);
