-- fail: orders.By "Paid"; log.log_who_idx
-- with: conventions.null_index = "partial"
CREATE TABLE orders (id int PRIMARY KEY, "Paid" date, shop int NOT NULL);
CREATE INDEX "By ""Paid""" ON orders ("Paid" DESC, lower(shop::text));
CREATE INDEX ON orders (shop, "Paid");
CREATE TABLE log (at date, who int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX ON log (who);

-- pass: the default side reports nothing
CREATE TABLE orders (id int PRIMARY KEY, paid date);
CREATE INDEX ON orders (paid);

-- pass: never null, left out already, or unique
-- with: conventions.null_index = "partial"
CREATE TABLE orders (id int PRIMARY KEY, paid date, shop int NOT NULL, code text UNIQUE);
CREATE INDEX ON orders (paid) WHERE paid IS NOT NULL;
CREATE INDEX ON orders (shop);
