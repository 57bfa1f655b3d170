-- fail: orders.status; orders.Payment Type
CREATE TABLE orders (id int PRIMARY KEY, status smallint NOT NULL, "Payment Type" int);

-- pass: a CHECK, a lookup table or a domain limits it
CREATE TABLE kinds (id int PRIMARY KEY);
CREATE DOMAIN mode AS int CHECK (VALUE IN (1, 2));
CREATE TABLE orders (
    id int PRIMARY KEY, status smallint CHECK (status IN (0, 1)), kind int REFERENCES kinds, access_mode mode
);

-- pass: the table is the list of the values
CREATE TABLE statuses (status int PRIMARY KEY, label text);

-- pass: text is another rule's business
CREATE TABLE orders (id int PRIMARY KEY, status text);
