-- fail: posts.By Tags; posts.posts_at_tags_idx
CREATE TABLE posts (id int PRIMARY KEY, "Tags" text[] NOT NULL, at date);
CREATE INDEX "By Tags" ON posts ("Tags") WHERE at > '2020-01-01';
CREATE INDEX posts_at_tags_idx ON posts (at, "Tags");

-- fail: posts.posts_marks_idx
-- through a domain
CREATE DOMAIN marks AS int[];
CREATE TABLE posts (id int PRIMARY KEY, marks marks);
CREATE INDEX ON posts (marks);

-- pass: GIN finds elements
CREATE TABLE posts (id int PRIMARY KEY, tags text[] NOT NULL);
CREATE INDEX ON posts USING gin (tags);

-- pass: a unique key is there for what it forbids
CREATE TABLE paths (id int PRIMARY KEY, path int[] NOT NULL UNIQUE);
