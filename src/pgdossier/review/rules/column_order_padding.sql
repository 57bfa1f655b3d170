-- fail: flags
-- with: conventions.column_order = "packed"
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE flags (seen boolean, id bigint PRIMARY KEY, done boolean, at timestamptz(3), mood mood);

-- fail: flags
-- with: conventions.column_order = "packed"
-- with: thresholds.padding_bytes = 3
-- after a text, from the first column on that begins at a multiple of eight
CREATE TABLE flags (label text, done boolean, at timestamptz, seen boolean, "Number" int);

-- pass: the default side reports nothing
CREATE TABLE flags (seen boolean, id bigint PRIMARY KEY, done boolean, at timestamptz);

-- pass: in order, or of unknown position
-- with: conventions.column_order = "packed"
CREATE TABLE packed (id bigint PRIMARY KEY, at timestamptz, n int, small smallint, seen boolean, label text);
CREATE TABLE texts (label text, seen boolean, id bigint PRIMARY KEY);
