-- fail: categories.categories_parent_id_name_key
CREATE TABLE categories (id bigint PRIMARY KEY, parent_id bigint REFERENCES categories, name text NOT NULL, UNIQUE (parent_id, name));

-- fail: User "list".by mail
CREATE TABLE "User ""list""" (id bigint PRIMARY KEY, "E mail" text NOT NULL, deleted_at timestamptz);
CREATE UNIQUE INDEX "by mail" ON "User ""list""" ("E mail", deleted_at);

-- fail: regions.regions_country_id_name_key
-- referenced by a foreign key: it cannot be dropped
CREATE TABLE countries (id bigint PRIMARY KEY);
CREATE TABLE regions (id bigint PRIMARY KEY, country_id bigint REFERENCES countries, name text NOT NULL, UNIQUE (country_id, name));
CREATE TABLE towns (id bigint PRIMARY KEY, country_id bigint, region text, FOREIGN KEY (country_id, region) REFERENCES regions (country_id, name));

-- fail: user_roles.user_roles_user_id_role_id_key
-- a junction
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE roles (id bigint PRIMARY KEY);
CREATE TABLE user_roles (id bigint PRIMARY KEY, user_id bigint REFERENCES users, role_id bigint REFERENCES roles, UNIQUE (user_id, role_id));

-- pass: one optional column, and columns that are never null
CREATE TABLE users (id bigint PRIMARY KEY, phone text UNIQUE, first text NOT NULL, last text CHECK (last IS NOT NULL), UNIQUE (first, last));

-- pass: the rows with a null are taken care of
CREATE TABLE categories (id bigint PRIMARY KEY, parent_id bigint REFERENCES categories, name text NOT NULL, UNIQUE (parent_id, name));
CREATE UNIQUE INDEX ON categories (name) WHERE parent_id IS NULL;
CREATE TABLE pages (id bigint PRIMARY KEY, parent_id bigint REFERENCES pages, name text NOT NULL, UNIQUE (parent_id, name));
CREATE UNIQUE INDEX ON pages (coalesce(parent_id, 0), name);

-- pass: it is for the rows that have both
CREATE TABLE logins (id bigint PRIMARY KEY, provider text, uid text);
CREATE UNIQUE INDEX ON logins (provider, uid) WHERE provider IS NOT NULL AND uid IS NOT NULL;

-- pass: nulls are equal
-- needs: 15
CREATE TABLE categories (id bigint PRIMARY KEY, parent_id bigint REFERENCES categories, name text NOT NULL, UNIQUE NULLS NOT DISTINCT (parent_id, name));

-- pass: a shorter key keeps the rows apart
CREATE TABLE venues (id bigint PRIMARY KEY);
CREATE TABLE rooms (id bigint PRIMARY KEY, venue_id bigint REFERENCES venues, UNIQUE (venue_id, id));

-- pass: an optional value in a mandatory scope, and a place that may be given as a whole
CREATE TABLE events (id bigint PRIMARY KEY);
CREATE TABLE racks (id bigint PRIMARY KEY);
CREATE TABLE guests (
    id bigint PRIMARY KEY, event_id bigint NOT NULL REFERENCES events, seat int, rack_id bigint REFERENCES racks, slot int,
    UNIQUE (event_id, seat), UNIQUE (rack_id, slot)
);

-- pass: either the one parent or the other, each with a key of its own
CREATE TABLE devices (id bigint PRIMARY KEY);
CREATE TABLE modules (id bigint PRIMARY KEY);
CREATE TABLE ports (
    id bigint PRIMARY KEY, device_id bigint REFERENCES devices, module_id bigint REFERENCES modules, name text NOT NULL,
    UNIQUE (device_id, name), UNIQUE (module_id, name)
);
