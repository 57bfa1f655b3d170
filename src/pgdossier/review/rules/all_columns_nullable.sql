-- fail: people; Raw "data"
CREATE TABLE people (id bigint PRIMARY KEY, name text, mail text, born date);
CREATE TABLE "Raw ""data""" (a text, b text, c text);

-- pass: one is mandatory, by itself or by its domain
CREATE DOMAIN label AS text NOT NULL;
CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL, mail text, born date);
CREATE TABLE tags (id bigint PRIMARY KEY, name label, mail text, born date);

-- pass: a CHECK wants one of them, or a default gives one
CREATE TABLE contacts (id bigint PRIMARY KEY, phone text, mail text, fax text, CHECK (num_nonnulls(phone, mail, fax) >= 1));
CREATE TABLE jobs (id bigint PRIMARY KEY, at timestamptz DEFAULT now(), result text, error text);

-- pass: few columns, and optional details of a row
CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users, photo text, phone text, born date);

-- pass: the key says what the row is about
CREATE TABLE countries (name text PRIMARY KEY, capital text, area numeric, note text);
CREATE TABLE stays (guest_id int, night date, room text, note text, rate numeric, PRIMARY KEY (guest_id, night));
