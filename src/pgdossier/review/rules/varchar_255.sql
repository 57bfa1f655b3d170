-- fail: people
-- with: conventions.varchar_255 = "question"
CREATE TABLE people (id int PRIMARY KEY, "Name" varchar(255) NOT NULL, nick varchar(255) UNIQUE, code varchar(10));

-- pass: the default side reports nothing
CREATE TABLE people (id int PRIMARY KEY, name varchar(255));

-- pass: other bounds were thought about
-- with: conventions.varchar_255 = "question"
CREATE TABLE people (id int PRIMARY KEY, name varchar(200), note text, code varchar);
