-- fail: users.Active; users.created_at; users.points
CREATE TABLE users (id int PRIMARY KEY, "Active" boolean DEFAULT true, created_at timestamptz, points int DEFAULT 0);

-- pass: null is the default, or is excluded by the domain
CREATE DOMAIN flag AS boolean NOT NULL DEFAULT false;
CREATE TABLE users (id int PRIMARY KEY, nick text DEFAULT NULL, code varchar(3) DEFAULT NULL::varchar, active flag);

-- pass: a foreign key may reference nothing although it has a default
CREATE TABLE tiers (id int PRIMARY KEY);
CREATE TABLE users (id int PRIMARY KEY, tier int DEFAULT 1 REFERENCES tiers, full_name text GENERATED ALWAYS AS ('x') STORED);

-- pass: in an audit table the time is the event's
CREATE TABLE orders (id int PRIMARY KEY, shipped_at timestamptz);
