-- fail: orders.status; orders.orderKind
CREATE TABLE orders (id int PRIMARY KEY, status text DEFAULT 'new', "orderKind" varchar(10));

-- pass: an enum, a CHECK or a lookup table names the values
CREATE TYPE status AS ENUM ('new', 'done');
CREATE TABLE kinds (kind text PRIMARY KEY);
CREATE TABLE orders (
    id int PRIMARY KEY, status status, kind text REFERENCES kinds, mode text CHECK (mode IN ('a', 'b'))
);

-- pass: the type of a polymorphic reference names tables, and a mime type is an open set
CREATE TABLE comments (id int PRIMARY KEY, subject_id int, subject_type text, mime_type text);

-- pass: a length that is not meant for one word
CREATE TABLE connections (id int PRIMARY KEY, type varchar(500), host text);

-- pass: the state of an address is a part of a country
CREATE TABLE customers (id int PRIMARY KEY, city text, state text, postal_code text);
