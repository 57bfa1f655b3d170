-- fail: posts.posts_author_id_fkey
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint NOT NULL REFERENCES users ON DELETE SET NULL);

-- fail: Order Lines.to order
-- names that need quotes; no default to be set, in the primary key, by a deferred constraint
CREATE TABLE "Order" ("No" int, "Year" int, PRIMARY KEY ("No", "Year"));
CREATE TABLE "Order Lines" ("Order No" int, "Year" int, line int, PRIMARY KEY ("Order No", "Year", line));
ALTER TABLE "Order Lines" ADD CONSTRAINT "to order" FOREIGN KEY ("Order No", "Year") REFERENCES "Order"
    ON UPDATE SET DEFAULT ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED;

-- fail: posts.posts_author_id_fkey; posts.posts_editor_id_fkey
-- by a domain, and by a CHECK
CREATE DOMAIN user_id AS bigint NOT NULL;
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE posts (
    id bigint PRIMARY KEY,
    author_id user_id REFERENCES users ON DELETE SET NULL,
    editor_id bigint CHECK (editor_id IS NOT NULL) REFERENCES users ON DELETE SET NULL
);

-- pass: the column can be null, or there is a default to be set
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE posts (
    id bigint PRIMARY KEY,
    author_id bigint REFERENCES users ON DELETE SET NULL,
    editor_id bigint NOT NULL DEFAULT 0 REFERENCES users ON DELETE SET DEFAULT
);

-- pass: only the column that can be null is set
-- needs: 15
CREATE TABLE users (tenant_id bigint, id bigint, PRIMARY KEY (tenant_id, id));
CREATE TABLE posts (
    id bigint PRIMARY KEY, tenant_id bigint NOT NULL, author_id bigint,
    FOREIGN KEY (tenant_id, author_id) REFERENCES users ON DELETE SET NULL (author_id)
);

-- fail: posts.posts_tenant_id_author_id_fkey
-- all columns are set, the tenant as well
CREATE TABLE users (tenant_id bigint, id bigint, PRIMARY KEY (tenant_id, id));
CREATE TABLE posts (
    id bigint PRIMARY KEY, tenant_id bigint NOT NULL, author_id bigint,
    FOREIGN KEY (tenant_id, author_id) REFERENCES users ON DELETE SET NULL
);
