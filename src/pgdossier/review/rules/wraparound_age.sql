-- fail: orders; events
-- with: thresholds.wraparound_millions = 0
-- the partition is told with its table
CREATE TABLE orders (id int);
CREATE TABLE events (id int) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (5000);
INSERT INTO orders VALUES (1);
INSERT INTO orders VALUES (2);
INSERT INTO events VALUES (1);

-- pass: as young as the rest
CREATE TABLE orders (id int);

-- pass: frozen as autovacuum does
CREATE TABLE orders (id int);
INSERT INTO orders VALUES (1);
VACUUM (FREEZE) orders;
