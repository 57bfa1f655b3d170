-- fail: points.points_pkey; marks.Mark; marks.marks_name_value_key
CREATE TABLE points (x double precision, y real, PRIMARY KEY (x, y));
CREATE TABLE marks (id int PRIMARY KEY, name text, value real, UNIQUE (name, value));
CREATE UNIQUE INDEX "Mark" ON marks (value);

-- pass: exact numbers
CREATE TABLE points (x numeric(9, 6), y numeric(9, 6), PRIMARY KEY (x, y));

-- pass: an index that promises nothing, and columns that are only carried
CREATE TABLE points (id int PRIMARY KEY, x real);
CREATE INDEX ON points (x);
CREATE UNIQUE INDEX ON points (id) INCLUDE (x);
