-- fail: shops
CREATE TABLE shops (id int PRIMARY KEY, "Opens" timetz NOT NULL, closes time(3) with time zone);

-- pass: a time of day without offset, or a moment
CREATE TABLE shops (id int PRIMARY KEY, opens time NOT NULL, opened timestamptz, zone text);

-- pass: a function of a view may give one
CREATE TABLE shops (id int PRIMARY KEY, opened timestamptz);
CREATE VIEW clock AS SELECT id, opened::timetz AS at FROM shops;
