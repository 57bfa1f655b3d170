-- fail: orders.All of It
CREATE TABLE orders (id int PRIMARY KEY, a int, b int, c int, d int, e int);
CREATE INDEX "All of It" ON orders (a, b, c, d, lower(e::text));

-- pass: included columns are no keys
CREATE TABLE orders (id int PRIMARY KEY, a int, b int, c int, d int, e int);
CREATE INDEX ON orders (a, b) INCLUDE (c, d, e);

-- pass: a key is as wide as what is unique, and a BRIN index is small however wide
CREATE TABLE orders (a int, b int, c int, d int, e int, PRIMARY KEY (a, b, c, d, e));
CREATE INDEX ON orders USING brin (a, b, c, d, e);
