-- fail: secrets
CREATE TABLE secrets (id int PRIMARY KEY);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;

-- pass: there is a policy
CREATE TABLE secrets (id int PRIMARY KEY, owner name);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON secrets USING (owner = current_user);

-- pass: row security is not enabled
CREATE TABLE open (id int PRIMARY KEY);
