-- fail: Users
-- with: conventions.key_position = "first"
CREATE TABLE "Users" (name text, "Id" bigint PRIMARY KEY);

-- pass: the default side reports nothing
CREATE TABLE users (name text, id bigint PRIMARY KEY);

-- pass: it stands first, or there is none
-- with: conventions.key_position = "first"
CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE TABLE roles (b int, a int, label text, PRIMARY KEY (a, b));
CREATE TABLE log (at timestamptz);
