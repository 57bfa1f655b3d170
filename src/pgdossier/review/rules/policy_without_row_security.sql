-- fail: Secrets
CREATE TABLE "Secrets" (id int PRIMARY KEY, owner name);
CREATE POLICY own ON "Secrets" USING (owner = current_user);

-- pass: row security is enabled
CREATE TABLE secrets (id int PRIMARY KEY, owner name);
CREATE POLICY own ON secrets USING (owner = current_user);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;

-- pass: no policies, no promise
CREATE TABLE open (id int PRIMARY KEY);
