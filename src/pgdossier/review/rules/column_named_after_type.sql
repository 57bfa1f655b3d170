-- fail: events.timestamp; events.Date; events.json; events.decimal
CREATE DOMAIN amount AS numeric(10, 2);
CREATE TABLE events (id int PRIMARY KEY, timestamp timestamptz(3), "Date" date, json jsonb, "decimal" amount);

-- pass: the word is another type's, or says what it is for
CREATE TABLE events (uuid uuid PRIMARY KEY, date text, text text, text_id int, time_zone text, at timestamptz, dates date[]);

-- pass: a key, in a table that says the rest
CREATE TABLE days (date date PRIMARY KEY, weekday int);
