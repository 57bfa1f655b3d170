-- fail: users.deleted_at
-- with: conventions.soft_delete = "avoid"
CREATE TABLE users (id int PRIMARY KEY, deleted_at timestamptz);

-- fail: Users
-- with: conventions.soft_delete = "require"
CREATE TABLE "Users" (id int PRIMARY KEY);
CREATE TABLE posts (id int PRIMARY KEY, user_id int REFERENCES "Users");

-- pass: the default side reports nothing
CREATE TABLE users (id int PRIMARY KEY, deleted_at timestamptz);

-- pass: a junction needs no mark
-- with: conventions.soft_delete = "require"
CREATE TABLE users (id int PRIMARY KEY, is_deleted boolean);
CREATE TABLE follows (a int REFERENCES users, b int REFERENCES users, PRIMARY KEY (a, b));
