-- fail: posts.posts_author_id_fkey
CREATE TABLE users (tenant_id bigint NOT NULL, id bigint PRIMARY KEY, UNIQUE (tenant_id, id));
CREATE TABLE posts (
    id bigint PRIMARY KEY, tenant_id bigint NOT NULL, author_id bigint REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id)
);

-- fail: Order Lines.short "one"
CREATE TABLE "Order" ("No" int PRIMARY KEY, "Year" int NOT NULL, UNIQUE ("Year", "No"));
CREATE TABLE "Order Lines" (id int PRIMARY KEY, "No" int NOT NULL, "Year" int NOT NULL);
ALTER TABLE "Order Lines" ADD CONSTRAINT "long" FOREIGN KEY ("Year", "No") REFERENCES "Order" ("Year", "No");
ALTER TABLE "Order Lines" ADD CONSTRAINT "short ""one""" FOREIGN KEY ("No") REFERENCES "Order" ("No");

-- pass: the two share the tenant and nothing else
CREATE TABLE users (tenant_id bigint, id bigint, PRIMARY KEY (tenant_id, id));
CREATE TABLE posts (
    id bigint PRIMARY KEY, tenant_id bigint NOT NULL, author_id bigint NOT NULL, editor_id bigint NOT NULL,
    FOREIGN KEY (tenant_id, author_id) REFERENCES users,
    FOREIGN KEY (tenant_id, editor_id) REFERENCES users
);

-- pass: where the tenant is null only the shorter key checks the row
CREATE TABLE users (tenant_id bigint NOT NULL, id bigint PRIMARY KEY, UNIQUE (tenant_id, id));
CREATE TABLE posts (
    id bigint PRIMARY KEY, tenant_id bigint, author_id bigint REFERENCES users,
    FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id)
);

-- pass: the tenant is a table of its own
CREATE TABLE tenants (id bigint PRIMARY KEY);
CREATE TABLE users (tenant_id bigint REFERENCES tenants, id bigint, PRIMARY KEY (tenant_id, id));
CREATE TABLE posts (
    id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants, author_id bigint NOT NULL,
    FOREIGN KEY (tenant_id, author_id) REFERENCES users
);

-- fail: events.events_room_id_fkey
-- a CHECK makes sure that the longer key looks at each row with a room
CREATE TABLE rooms (id int PRIMARY KEY, venue_id int NOT NULL, UNIQUE (venue_id, id));
CREATE TABLE events (
    id int PRIMARY KEY, venue_id int, room_id int REFERENCES rooms, CHECK (room_id IS NULL OR venue_id IS NOT NULL),
    FOREIGN KEY (venue_id, room_id) REFERENCES rooms (venue_id, id)
);
