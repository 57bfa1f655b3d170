-- fail: users.users_email_key; users.users_nick
CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, nick text, deleted_at timestamptz);
CREATE UNIQUE INDEX users_nick ON users (nick);

-- fail: Users.Users_Mail
CREATE TABLE "Users" (id int PRIMARY KEY, "Mail" text, "is_deleted" boolean NOT NULL DEFAULT false);
CREATE UNIQUE INDEX "Users_Mail" ON "Users" ("Mail") WHERE "Mail" <> '';

-- pass: the index leaves deleted rows out, or holds the mark
CREATE TABLE users (id int PRIMARY KEY, email text, deleted_at timestamptz, UNIQUE (email, deleted_at));
CREATE UNIQUE INDEX ON users (email) WHERE deleted_at IS NULL;

-- pass: generated values are never used again anyway, and a key that is referenced must stay
CREATE TABLE users (id int PRIMARY KEY, public_id uuid UNIQUE DEFAULT gen_random_uuid(), code text UNIQUE, deleted_at timestamptz);
CREATE TABLE posts (id int PRIMARY KEY, user_code text REFERENCES users (code));

-- pass: no column marks rows as deleted
CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, last_login timestamptz);

-- pass: no deleted row can be in the index
CREATE TABLE folders (
    id int PRIMARY KEY, owner text, is_default boolean, is_deleted boolean, CHECK (NOT (is_default AND is_deleted))
);
CREATE UNIQUE INDEX ON folders (owner) WHERE is_default;

-- pass: a reference to one row, or a counter, is not entered again
CREATE TABLE notes (id int PRIMARY KEY, event_id int UNIQUE, number int, is_deleted boolean, UNIQUE (number, event_id));
