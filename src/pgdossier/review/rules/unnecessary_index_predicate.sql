-- fail: orders.Given Code; orders.orders_lower_idx; orders.orders_shop_idx
CREATE TABLE orders (id int PRIMARY KEY, "Code" text NOT NULL, shop int NOT NULL, paid date);
CREATE UNIQUE INDEX "Given Code" ON orders ("Code") INCLUDE (shop) WHERE "Code" IS NOT NULL;
CREATE INDEX orders_lower_idx ON orders (lower("Code") DESC) WHERE "Code" IS NOT NULL AND shop IS NOT NULL;
CREATE INDEX orders_shop_idx ON orders (shop) WHERE shop IS NOT NULL AND paid > '2020-01-01';

-- pass: the column may be null, or the condition says more
CREATE TABLE orders (id int PRIMARY KEY, code text, shop int NOT NULL);
CREATE INDEX ON orders (code) WHERE code IS NOT NULL;
CREATE INDEX ON orders (shop) WHERE shop > 5;
CREATE INDEX ON orders (shop) WHERE shop IS NOT NULL OR code IS NULL;

-- pass: no condition at all
CREATE TABLE orders (id int PRIMARY KEY, shop int NOT NULL);
CREATE INDEX ON orders (shop);

-- fail: a USING btree (.odd
-- a name that looks like a part of the definition: told, without a suggestion
CREATE TABLE "a USING btree (" (id int NOT NULL);
CREATE INDEX odd ON "a USING btree (" (id) WHERE id IS NOT NULL;
