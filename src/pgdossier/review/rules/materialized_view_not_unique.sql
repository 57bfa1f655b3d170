-- fail: Totals; partly
CREATE TABLE orders (id int PRIMARY KEY, shop int, total numeric);
CREATE MATERIALIZED VIEW "Totals" AS SELECT shop, sum(total) AS total FROM orders GROUP BY shop;
CREATE INDEX ON "Totals" (shop);
CREATE MATERIALIZED VIEW partly AS SELECT shop, sum(total) AS total FROM orders GROUP BY shop;
CREATE UNIQUE INDEX ON partly (shop) WHERE shop > 0;

-- pass: rows are told apart by a unique index
CREATE TABLE orders (id int PRIMARY KEY, shop int, total numeric);
CREATE MATERIALIZED VIEW totals AS SELECT shop, sum(total) AS total FROM orders GROUP BY shop;
CREATE UNIQUE INDEX ON totals (shop);

-- pass: small ones are refreshed in no time; plain views not at all
CREATE TABLE orders (id int PRIMARY KEY, shop int);
INSERT INTO orders VALUES (1, 1), (2, 1), (3, 2);
CREATE MATERIALIZED VIEW shops AS SELECT DISTINCT shop FROM orders;
ANALYZE shops;
CREATE VIEW shown AS SELECT shop FROM orders;
