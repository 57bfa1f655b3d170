-- fail: Refunds.order_number; invoices.created_at
CREATE TABLE orders (id int PRIMARY KEY, order_number bigint, created_at timestamptz);
CREATE TABLE invoices (id int PRIMARY KEY, order_number bigint, created_at timestamp);
CREATE TABLE shipments (id int PRIMARY KEY, order_number bigint, created_at timestamptz);
CREATE TABLE "Refunds" (id int PRIMARY KEY, order_number text, created_at timestamptz);

-- pass: lengths, precisions and spellings of one type
CREATE TYPE state AS ENUM ('open', 'closed');
CREATE TABLE a (id int PRIMARY KEY, title text, price numeric(10, 2), order_state text);
CREATE TABLE b (id int PRIMARY KEY, title varchar(20), price numeric, order_state text);
CREATE TABLE c (id int PRIMARY KEY, title text, price numeric(8, 2), order_state state);
CREATE TABLE d (id int PRIMARY KEY, title text, price numeric(8, 2), order_state text);

-- pass: names that say nothing, and too few to tell who is right
CREATE TABLE a (id int PRIMARY KEY, value text, order_number text);
CREATE TABLE b (id int PRIMARY KEY, value text, order_number bigint);
CREATE TABLE c (id uuid PRIMARY KEY, value text, order_number text);
CREATE TABLE d (id int PRIMARY KEY, value numeric, order_number bigint);

-- pass: foreign keys have the type of what they reference
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE teams (id uuid PRIMARY KEY);
CREATE TABLE a (id int PRIMARY KEY, owner_id int REFERENCES users);
CREATE TABLE b (id int PRIMARY KEY, owner_id int REFERENCES users);
CREATE TABLE c (id int PRIMARY KEY, owner_id int REFERENCES users);
CREATE TABLE d (id int PRIMARY KEY, owner_id uuid REFERENCES teams);

-- pass: two tables of people agree on what a title is
CREATE TABLE a (id int PRIMARY KEY, title text);
CREATE TABLE b (id int PRIMARY KEY, title text);
CREATE TABLE c (id int PRIMARY KEY, title text);
CREATE TABLE d (id int PRIMARY KEY, title text);
CREATE TABLE e (id int PRIMARY KEY, title text);
CREATE TABLE f (id int PRIMARY KEY, title text);
CREATE TABLE persons (id int PRIMARY KEY, title smallint);
CREATE TABLE speakers (id int PRIMARY KEY, title smallint);
