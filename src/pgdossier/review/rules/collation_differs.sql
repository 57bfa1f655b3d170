-- fail: d.Code
CREATE TABLE a (id int PRIMARY KEY, "Code" text);
CREATE TABLE b (id int PRIMARY KEY, "Code" varchar(9));
CREATE TABLE c (id int PRIMARY KEY, "Code" text);
CREATE TABLE d (id int PRIMARY KEY, "Code" text COLLATE "C");

-- fail: d.code
-- all but one through a domain
CREATE DOMAIN code AS text COLLATE "C";
CREATE TABLE a (id int PRIMARY KEY, code code);
CREATE TABLE b (id int PRIMARY KEY, code code);
CREATE TABLE c (id int PRIMARY KEY, code text COLLATE "C");
CREATE TABLE d (id int PRIMARY KEY, code text);

-- pass: too few, or too divided, to speak of a rule
CREATE TABLE a (id int PRIMARY KEY, code text, label text);
CREATE TABLE b (id int PRIMARY KEY, code text COLLATE "C", label text COLLATE "C");
CREATE TABLE c (id int PRIMARY KEY, code text, label text);
CREATE TABLE d (id int PRIMARY KEY, label text COLLATE "C");

-- pass: all the same, and numbers have no collation
CREATE TABLE a (id int PRIMARY KEY, code text COLLATE "C", n int);
CREATE TABLE b (id int PRIMARY KEY, code text COLLATE "C", n int);
CREATE TABLE c (id int PRIMARY KEY, code text COLLATE "C", n int);
CREATE TABLE d (id int PRIMARY KEY, code text COLLATE "C", n text);
