-- fail: users.nick; users.Mail
CREATE TABLE users (id int PRIMARY KEY, nick text DEFAULT 'NULL', "Mail" varchar(200) DEFAULT 'null');

-- fail: users.nick
-- by a domain: there is nothing at the column that could be dropped
CREATE DOMAIN nick AS text DEFAULT 'undefined';
CREATE TABLE users (id int PRIMARY KEY, nick nick);

-- pass: no value at all, however it is written
CREATE TABLE users (id int PRIMARY KEY, nick text DEFAULT NULL, mail varchar(200) DEFAULT NULL::varchar, name text DEFAULT 'none');

-- pass: the word is one of the values
CREATE TYPE kind AS ENUM ('null', 'number', 'text');
CREATE TABLE items (id int PRIMARY KEY, kind kind DEFAULT 'null', other text DEFAULT 'NULL' CHECK (other IN ('NULL', 'GIVEN')));
