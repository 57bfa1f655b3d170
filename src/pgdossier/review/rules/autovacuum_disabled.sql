-- fail: Loads; events
CREATE TABLE "Loads" (id int) WITH (autovacuum_enabled = off);
CREATE TABLE events (id int) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (5000) WITH (autovacuum_enabled = false);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (5000) TO (9000);

-- pass: it is on, or comes at another time
CREATE TABLE loads (id int) WITH (autovacuum_enabled);
CREATE TABLE lines (id int) WITH (autovacuum_vacuum_scale_factor = 0.5);

-- pass: the parameter of its TOAST table alone
CREATE TABLE loads (id int, note text) WITH (toast.autovacuum_enabled = off);
