-- fail: runs.run_uuid; runs.Parent Guid
CREATE TABLE runs (run_uuid varchar(36) PRIMARY KEY, "Parent Guid" text);
CREATE TABLE steps (id int PRIMARY KEY, run_uuid varchar(36) REFERENCES runs);

-- fail: devices.uuid
CREATE DOMAIN label AS char(32);
CREATE TABLE devices (uuid label PRIMARY KEY);

-- fail: sessions.uuid
-- with a default
CREATE TABLE sessions (uuid text PRIMARY KEY DEFAULT gen_random_uuid()::text);

-- pass: stored as what they are
CREATE TABLE runs (run_uuid uuid PRIMARY KEY, parents_uuid uuid[]);

-- pass: a name about a UUID, and an id whose length does not tell
CREATE TABLE runs (id varchar(36) PRIMARY KEY, uuid_version text, uuids text);
