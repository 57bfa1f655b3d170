-- fail: orders
CREATE TABLE orders (
    id int PRIMARY KEY, "Placed At" timestamptz(0) NOT NULL DEFAULT now(), paid timestamp(0), opens time(0)
);
CREATE INDEX ON orders ("Placed At");

-- fail: moments
-- through a domain
CREATE DOMAIN moment AS timestamptz(0);
CREATE TABLE moments (id int PRIMARY KEY, at moment);

-- pass: the full precision, or another one
CREATE TABLE orders (id int PRIMARY KEY, placed timestamptz, paid timestamptz(3), due date);

-- pass: an interval is no moment
CREATE TABLE tasks (id int PRIMARY KEY, takes interval(0));
