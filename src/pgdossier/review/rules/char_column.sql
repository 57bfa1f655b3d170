-- fail: people
CREATE TABLE people (id int PRIMARY KEY, "Nick Name" char(20) NOT NULL DEFAULT 'x', country char(2), rest bpchar);

-- fail: coded
-- through a domain, and in an array
CREATE DOMAIN code AS char(4);
CREATE TABLE coded (id int PRIMARY KEY, code code, marks char(3)[]);

-- pass: varchar and text keep what they are given
CREATE TABLE people (id int PRIMARY KEY, nick varchar(20), name text, mark "char");

-- pass: what a partition or a child inherits is its parent's matter
CREATE TABLE base (id int PRIMARY KEY, label text);
CREATE TABLE derived (extra text) INHERITS (base);
