-- fail: Orders; codes
CREATE TABLE "Orders" (id int PRIMARY KEY, label text);
ALTER TABLE "Orders" REPLICA IDENTITY FULL;
CREATE TABLE codes (code text NOT NULL);
CREATE UNIQUE INDEX "By Code" ON codes (code);
ALTER TABLE codes REPLICA IDENTITY FULL;

-- fail: log
-- a partition, told with its table
CREATE TABLE log (at date PRIMARY KEY) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE log_1 REPLICA IDENTITY FULL;

-- pass: without a key nothing else would do
CREATE TABLE readings (sensor int, value numeric);
CREATE UNIQUE INDEX ON readings (sensor);
ALTER TABLE readings REPLICA IDENTITY FULL;

-- pass: by the key
CREATE TABLE orders (id int PRIMARY KEY, code text NOT NULL);
CREATE UNIQUE INDEX orders_code ON orders (code);
ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_code;
