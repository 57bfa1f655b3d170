-- fail: towns.towns_country_region_fkey
CREATE TABLE regions (country text, region text, PRIMARY KEY (country, region));
CREATE TABLE towns (id int PRIMARY KEY, country text, region text, FOREIGN KEY (country, region) REFERENCES regions);

-- fail: towns.towns_country_region_fkey
-- the country is mandatory, and nothing checks it where there is no region
CREATE TABLE regions (country text, region text, PRIMARY KEY (country, region));
CREATE TABLE towns (id int PRIMARY KEY, country text NOT NULL, region text, FOREIGN KEY (country, region) REFERENCES regions);

-- fail: Town.to "Place"
-- three columns, with names that need quotes
CREATE TABLE "Place" ("A" int, "B" int, c int, PRIMARY KEY ("A", "B", c));
CREATE TABLE "Town" (id int PRIMARY KEY, "A" int, "B" int, c int);
ALTER TABLE "Town" ADD CONSTRAINT "to ""Place""" FOREIGN KEY ("A", "B", c) REFERENCES "Place";

-- pass: all or none, by a CHECK or by MATCH FULL
CREATE TABLE regions (country text, region text, PRIMARY KEY (country, region));
CREATE TABLE towns (
    id int PRIMARY KEY, country text, region text, FOREIGN KEY (country, region) REFERENCES regions,
    CHECK ((country IS NULL AND region IS NULL) OR (country IS NOT NULL AND region IS NOT NULL))
);
CREATE TABLE villages (id int PRIMARY KEY, country text, region text, FOREIGN KEY (country, region) REFERENCES regions MATCH FULL);

-- pass: an optional reference beside a tenant that its own foreign key checks
CREATE TABLE tenants (id int PRIMARY KEY);
CREATE TABLE users (tenant_id int REFERENCES tenants, id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE posts (
    id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants, author_id int,
    FOREIGN KEY (tenant_id, author_id) REFERENCES users
);

-- pass: all columns are mandatory, or there is only one
CREATE TABLE regions (country text, region text, PRIMARY KEY (country, region), UNIQUE (region));
CREATE TABLE towns (
    id int PRIMARY KEY, country text NOT NULL, region text NOT NULL, other text REFERENCES regions (region),
    FOREIGN KEY (country, region) REFERENCES regions
);

-- pass: the venue may be known without the room, and has a foreign key of its own
CREATE TABLE venues (id int PRIMARY KEY);
CREATE TABLE rooms (id int PRIMARY KEY, venue_id int NOT NULL REFERENCES venues, UNIQUE (venue_id, id));
CREATE TABLE events (
    id int PRIMARY KEY, venue_id int REFERENCES venues, room_id int,
    FOREIGN KEY (venue_id, room_id) REFERENCES rooms (venue_id, id),
    CHECK (room_id IS NULL OR venue_id IS NOT NULL)
);

-- fail: events.events_venue_id_room_id_fkey
-- without the CHECK a room can be named that does not exist
CREATE TABLE venues (id int PRIMARY KEY);
CREATE TABLE rooms (id int PRIMARY KEY, venue_id int NOT NULL REFERENCES venues, UNIQUE (venue_id, id));
CREATE TABLE events (
    id int PRIMARY KEY, venue_id int REFERENCES venues, room_id int,
    FOREIGN KEY (venue_id, room_id) REFERENCES rooms (venue_id, id)
);
