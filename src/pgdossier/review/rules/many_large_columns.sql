-- fail: messages
CREATE TABLE messages (id int PRIMARY KEY, head json, body jsonb, "Raw" bytea, pages xml[], more jsonb);

-- fail: messages
-- with: thresholds.many_large_columns = 2
CREATE TABLE messages (id int PRIMARY KEY, body jsonb, raw bytea);

-- pass: a few
CREATE TABLE messages (id int PRIMARY KEY, head jsonb, body jsonb, raw bytea, rest jsonb, subject text);

-- pass: text is what people write
CREATE TABLE articles (id int PRIMARY KEY, title text, lead text, body text, notes text, sources text[]);
