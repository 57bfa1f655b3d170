-- fail: orders.Order No
CREATE TABLE orders ("Order No" serial PRIMARY KEY, note text);
SELECT setval('"orders_Order No_seq"', 2000000000);

-- fail: orders.id
-- the sequence has room, the column has not
CREATE SEQUENCE numbers;
CREATE TABLE orders (id integer PRIMARY KEY DEFAULT nextval('numbers'));
SELECT setval('numbers', 2000000000);

-- fail: orders.id
-- an identity column, and what references it
CREATE TABLE orders (id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE lines (order_id smallint REFERENCES orders);
SELECT setval('orders_id_seq', 32000);

-- fail: tickets
-- no column takes its values
CREATE SEQUENCE tickets MAXVALUE 1000;
SELECT setval('tickets', 999);

-- fail: countdown
CREATE SEQUENCE countdown INCREMENT -1 MINVALUE -100 MAXVALUE -1;
SELECT setval('countdown', -90);

-- pass: a wide column has a wide sequence
CREATE TABLE orders (id bigserial PRIMARY KEY);
SELECT setval('orders_id_seq', 2000000000);

-- pass: it was never used, or starts again within what the column holds
CREATE TABLE orders (id serial PRIMARY KEY);
CREATE TABLE turns (id integer PRIMARY KEY);
CREATE SEQUENCE turn MAXVALUE 1000 CYCLE;
ALTER TABLE turns ALTER id SET DEFAULT nextval('turn');
SELECT setval('turn', 999);

-- pass: it begins at the lower end of its type
CREATE SEQUENCE low AS integer MINVALUE -2147483648 START -2147483648;
SELECT setval('low', 1000000);
