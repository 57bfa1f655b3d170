-- fail: pages.By Body; pages.pages_address_key; pages.pages_id_idx; pages.pages_settings_idx
CREATE TABLE pages (
    id int PRIMARY KEY, "Body" text, address varchar(3000) UNIQUE, settings jsonb, description text
);
CREATE INDEX "By Body" ON pages ("Body");
CREATE INDEX pages_settings_idx ON pages (settings);
CREATE INDEX pages_id_idx ON pages (id) INCLUDE (description);

-- pass: bounded, by the type or a CHECK, or a text that is short by its name
CREATE DOMAIN note AS text CHECK (length(VALUE) < 300);
CREATE TABLE pages (
    id int PRIMARY KEY, body text CHECK (length(body) < 2000), address varchar(2000) UNIQUE, content note, name text
);
CREATE INDEX ON pages (body);
CREATE INDEX ON pages (content);
CREATE INDEX ON pages (name);

-- pass: other methods, and expressions, keep less than the value
CREATE TABLE pages (id int PRIMARY KEY, body text, settings jsonb, words tsvector);
CREATE INDEX ON pages USING hash (body);
CREATE UNIQUE INDEX ON pages (md5(body));
CREATE INDEX ON pages USING gin (settings);
CREATE INDEX ON pages USING gin (words);
