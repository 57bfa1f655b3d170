-- fail: orders.By Day; orders.orders_shop_at_state_idx
CREATE TABLE orders (id int PRIMARY KEY, "Placed At" timestamptz, at date, state text, shop int);
CREATE INDEX "By Day" ON orders ("Placed At", state);
CREATE INDEX orders_shop_at_state_idx ON orders (shop, at DESC, state);

-- pass: the moment is last, or only moments and the key that completes an order follow
CREATE TABLE orders (id int PRIMARY KEY, placed timestamptz, paid timestamptz, state text);
CREATE INDEX ON orders (state, placed);
CREATE INDEX ON orders (placed, id);
CREATE INDEX ON orders (placed, paid);
CREATE INDEX ON orders (placed) INCLUDE (state);

-- pass: the order of a key is decided by more than speed; other methods have no order
CREATE TABLE orders (id int PRIMARY KEY, placed timestamptz, shop int, UNIQUE (placed, shop));
CREATE INDEX ON orders USING brin (placed, shop);
