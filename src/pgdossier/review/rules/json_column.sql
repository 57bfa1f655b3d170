-- fail: events
CREATE TABLE events (id int PRIMARY KEY, "Pay Load" json NOT NULL DEFAULT '{}', more json[]);

-- fail: shown
-- a view stands in the way of changing the type
CREATE TABLE shown (id int PRIMARY KEY, body json);
CREATE VIEW bodies AS SELECT body FROM shown;

-- pass: parsed once
CREATE TABLE events (id int PRIMARY KEY, payload jsonb NOT NULL DEFAULT '{}', body text);

-- pass: a view may make json for those who read it
CREATE TABLE events (id int PRIMARY KEY, payload jsonb NOT NULL);
CREATE VIEW shown AS SELECT id, to_json(payload) AS payload FROM events;
