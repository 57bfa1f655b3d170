-- fail: By Hand
DO $$ BEGIN IF to_regrole('rule_case_owner') IS NULL THEN CREATE ROLE rule_case_owner; END IF; END $$;
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE lines (id int PRIMARY KEY);
CREATE TABLE "By Hand" (id int PRIMARY KEY);
ALTER TABLE "By Hand" OWNER TO rule_case_owner;

-- fail: schema
DO $$ BEGIN IF to_regrole('rule_case_owner') IS NULL THEN CREATE ROLE rule_case_owner; END IF; END $$;
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE lines (id int PRIMARY KEY);
CREATE TABLE prices (id int PRIMARY KEY);
CREATE TABLE rates (id int PRIMARY KEY);
ALTER TABLE lines OWNER TO rule_case_owner;
ALTER TABLE rates OWNER TO rule_case_owner;

-- pass: one owner
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE lines (id int PRIMARY KEY);
CREATE VIEW shown AS SELECT id FROM lines;

-- pass: too few to tell who the usual owner is
DO $$ BEGIN IF to_regrole('rule_case_owner') IS NULL THEN CREATE ROLE rule_case_owner; END IF; END $$;
CREATE TABLE orders (id int PRIMARY KEY);
CREATE TABLE lines (id int PRIMARY KEY);
ALTER TABLE lines OWNER TO rule_case_owner;
