-- fail: items.items_amount_check1; items.items_name_check; items.items_status_check1
CREATE TABLE items (
    id int PRIMARY KEY, amount int CHECK (amount > 0), CHECK (amount >= 0),
    name text NOT NULL CHECK (name IS NOT NULL),
    status text CHECK (status IN ('a', 'b')), CHECK (status = 'a' OR status = 'b' OR status = 'c')
);

-- fail: Items.more "than" none
-- the same twice, and a part of another
CREATE TABLE "Items" (id int PRIMARY KEY, "Amount" int, other int);
ALTER TABLE "Items" ADD CONSTRAINT a CHECK ("Amount" > 0 AND other < "Amount");
ALTER TABLE "Items" ADD CONSTRAINT "more ""than"" none" CHECK (other < "Amount");

-- fail: items.b
CREATE TABLE items (id int PRIMARY KEY, code text, CONSTRAINT a CHECK (code ~ '^[a-z]+$'), CONSTRAINT b CHECK (code ~ '^[a-z]+$'));

-- fail: items.items_share_check
-- the domain says it already
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE items (id int PRIMARY KEY, share percent CHECK (share >= 0));

-- fail: items.items_status_check
-- a value is listed twice: nothing that could be dropped
CREATE TABLE items (id int PRIMARY KEY, status text CHECK (status IN ('a', 'b', 'a')));

-- pass: each says something of its own
CREATE TABLE items (
    id int PRIMARY KEY, amount int CHECK (amount > 0), CHECK (amount <= 5), price numeric CHECK (price >= 0),
    status text, CHECK (status IN ('a', 'b')), CHECK (status <> 'b' OR amount > 3)
);

-- pass: that it is not null is not said by a range, nor by NOT NULL of another column
CREATE TABLE items (id int PRIMARY KEY, amount int CHECK (amount > 0), CHECK (amount IS NOT NULL), CHECK (amount IS NOT NULL OR id > 5));

-- pass: the stronger one was not validated
CREATE TABLE items (id int PRIMARY KEY, amount int CHECK (amount >= 0));
ALTER TABLE items ADD CONSTRAINT stronger CHECK (amount > 0) NOT VALID;

-- pass: a partition and a child have the constraints of their table
CREATE TABLE events (at date CHECK (at > '2000-01-01')) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
