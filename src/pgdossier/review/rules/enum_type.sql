-- fail: jobs.Mood
-- with: conventions.value_lists = "check"
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE jobs (id int PRIMARY KEY, "Mood" mood, state text CHECK (state IN ('open', 'done')));

-- fail: jobs.state; jobs.level
-- with: conventions.value_lists = "enum"
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE DOMAIN level AS text CHECK (VALUE IN ('low', 'high'));
CREATE TABLE jobs (id int PRIMARY KEY, mood mood, state varchar(9) CHECK (state IN ('open', 'done')), level level);

-- fail: jobs.mood; jobs.state
-- with: conventions.value_lists = "table"
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE jobs (id int PRIMARY KEY, mood mood, state text CHECK (state IN ('open', 'done')), n int CHECK (n IN (1, 2)));

-- pass: the default side reports nothing
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE jobs (id int PRIMARY KEY, mood mood, state text CHECK (state IN ('open', 'done')));

-- pass: a table of values
-- with: conventions.value_lists = "table"
CREATE TABLE states (state text PRIMARY KEY CHECK (state <> ''));
CREATE TABLE jobs (id int PRIMARY KEY, state text NOT NULL REFERENCES states CHECK (state IN ('open', 'done')));
