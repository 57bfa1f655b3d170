-- fail: nothing; Old "flag"
CREATE TABLE nothing ();
CREATE TABLE "Old ""flag""" ("On" boolean);

-- pass: a list of values that others reference, and a set of rows of another table
CREATE TABLE genres (name text PRIMARY KEY);
CREATE TABLE books (id bigint PRIMARY KEY, genre text REFERENCES genres);
CREATE TABLE banned_books (book_id bigint PRIMARY KEY REFERENCES books);

-- pass: the bookkeeping of a migration tool
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);

-- pass: what others inherit from
CREATE TABLE stamped (at timestamptz);
CREATE TABLE notes (body text) INHERITS (stamped);
