-- fail: items.amount
CREATE TABLE items (id int PRIMARY KEY, amount int CHECK (amount > 10), CHECK (amount < 5));

-- fail: items.status; items.kind; items.size
-- lists without a common value, a list outside of a range, no whole number between two
CREATE TABLE items (
    id int PRIMARY KEY,
    status text NOT NULL, CHECK (status IN ('a', 'b')), CHECK (status = 'c' OR status IS NULL),
    kind int CHECK (kind IN (1, 2, 3) AND kind > 3),
    size int CHECK (size > 1), CHECK (size < 2)
);

-- fail: Items.Status; Items.amount; Items.since; Items.low
-- defaults that are refused
CREATE TABLE "Items" (
    id int PRIMARY KEY,
    "Status" text DEFAULT 'new' CHECK ("Status" IN ('open', 'closed')),
    amount numeric DEFAULT 0 CHECK (amount > 0),
    since date DEFAULT '1999-01-01' CHECK (since >= '2000-01-01'),
    low int DEFAULT -1 CHECK (low IS NULL OR low >= 0)
);

-- fail: items.share
-- the domain and the table contradict each other
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE items (id int PRIMARY KEY, share percent CHECK (share > 100));

-- pass: ranges and lists that overlap
CREATE TABLE items (
    id int PRIMARY KEY, amount int DEFAULT 5 CHECK (amount > 0), CHECK (amount <= 5),
    price numeric CHECK (price > 0 AND price < 1),
    status text DEFAULT 'open', CHECK (status IN ('open', 'closed')), CHECK (status IN ('open', 'new'))
);

-- pass: either the one or the other
CREATE TABLE items (id int PRIMARY KEY, amount int DEFAULT 3 CHECK (amount > 10 OR amount < 5), other int CHECK (other <> 3));

-- pass: two columns, two lengths, a default that is computed or equal but for its spelling
CREATE TABLE items (
    id int PRIMARY KEY, a int CHECK (a > 10), b int CHECK (b < 5),
    code text CHECK (length(code) = 3), CHECK (length(trim(code)) < 3),
    at timestamptz DEFAULT now() CHECK (at > '2000-01-01'),
    price numeric(6, 2) DEFAULT 1 CHECK (price IN (1.00, 2.00)),
    letter char(3) DEFAULT 'a' CHECK (letter IN ('a  ', 'b'))
);
