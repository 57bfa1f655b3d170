-- fail: categories.categories_parent_id_fkey
-- with: conventions.self_reference = "cascade"
CREATE TABLE categories (id bigint PRIMARY KEY, parent_id bigint REFERENCES categories);

-- fail: Page.to "Page"
-- with: conventions.self_reference = "refuse"
CREATE TABLE "Page" ("No" int PRIMARY KEY, "Parent" int);
ALTER TABLE "Page" ADD CONSTRAINT "to ""Page""" FOREIGN KEY ("Parent") REFERENCES "Page" ON DELETE CASCADE;

-- pass: the default side reports nothing
CREATE TABLE categories (id bigint PRIMARY KEY, parent_id bigint REFERENCES categories);

-- pass: another table is not the table itself, SET NULL refuses nothing, and who created a row is not above it
-- with: conventions.self_reference = "cascade"
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint REFERENCES users, parent_id bigint REFERENCES posts ON DELETE SET NULL);
CREATE TABLE people (id bigint PRIMARY KEY, created_by bigint REFERENCES people);
