-- fail: people.name; people.nick
-- with: conventions.text = "bounded"
CREATE TABLE people (id int PRIMARY KEY, name text, nick varchar, code varchar(10), mail text CHECK (length(mail) < 200));

-- fail: people.code
-- with: conventions.text = "text"
CREATE TABLE people (id int PRIMARY KEY, name text, nick varchar, code varchar(10));

-- pass: the default side reports nothing
CREATE TABLE people (id int PRIMARY KEY, name text, nick varchar, code varchar(10));

-- pass: a domain bounds it
-- with: conventions.text = "bounded"
CREATE DOMAIN label AS text CHECK (char_length(VALUE) <= 40);
CREATE TABLE tags (label label PRIMARY KEY);
