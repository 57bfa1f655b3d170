-- fail: All Secrets
-- needs: 15
CREATE TABLE secrets (id int PRIMARY KEY);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE VIEW "All Secrets" AS SELECT id FROM secrets;
GRANT SELECT ON "All Secrets" TO pg_monitor;

-- fail: outer_view; copied
CREATE TABLE secrets (id int PRIMARY KEY);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE VIEW inner_view AS SELECT id FROM secrets;
CREATE VIEW outer_view AS SELECT id FROM inner_view;
CREATE MATERIALIZED VIEW copied AS SELECT id FROM secrets;
GRANT SELECT ON outer_view TO PUBLIC;
GRANT SELECT (id) ON copied TO pg_monitor;

-- pass: the reader's own policies apply
-- needs: 15
CREATE TABLE secrets (id int PRIMARY KEY);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE VIEW shown WITH (security_invoker = true) AS SELECT id FROM secrets;
GRANT SELECT ON shown TO pg_monitor;

-- pass: what is behind a view of the reader's rights is read by these, from another view as well
-- needs: 15
CREATE TABLE secrets (id int PRIMARY KEY);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE VIEW shown WITH (security_invoker = true) AS SELECT id FROM secrets;
CREATE VIEW again AS SELECT id FROM shown;
GRANT SELECT ON again TO pg_monitor;

-- pass: nobody but the owner may read it
CREATE TABLE secrets (id int PRIMARY KEY);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE VIEW shown AS SELECT id FROM secrets;

-- pass: the table is not protected
CREATE TABLE open (id int PRIMARY KEY);
CREATE VIEW shown AS SELECT id FROM open;
GRANT SELECT ON shown TO PUBLIC;
