-- fail: comments.commentable_type
CREATE TABLE posts (id bigint PRIMARY KEY);
CREATE TABLE comments (id bigint PRIMARY KEY, commentable_type text NOT NULL, commentable_id bigint NOT NULL, body text);

-- fail: Notes.Subject_type
CREATE TABLE "Notes" (id bigint PRIMARY KEY, "Subject_type" text CHECK ("Subject_type" IN ('order', 'user')), "Subject_id" bigint);

-- pass: an exclusive arc
CREATE TABLE posts (id bigint PRIMARY KEY);
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE comments (
    id bigint PRIMARY KEY, post_id bigint REFERENCES posts, user_id bigint REFERENCES users,
    CHECK (num_nonnulls(post_id, user_id) = 1)
);

-- pass: the type of an account whose id is a foreign key
CREATE TABLE accounts (id bigint PRIMARY KEY);
CREATE TABLE logins (id bigint PRIMARY KEY, account_type text, account_id bigint REFERENCES accounts);

-- pass: a log tells of all tables, and outlives their rows
CREATE TABLE posts (id bigint PRIMARY KEY);
CREATE TABLE audit_log (id bigint PRIMARY KEY, table_name text NOT NULL, record_id bigint NOT NULL, changed_at timestamptz);
