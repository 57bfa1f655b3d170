-- fail: employees
CREATE TABLE teams (id bigint PRIMARY KEY, lead_id bigint NOT NULL);
CREATE TABLE employees (id bigint PRIMARY KEY, team_id bigint NOT NULL REFERENCES teams);
ALTER TABLE teams ADD FOREIGN KEY (lead_id) REFERENCES employees;

-- fail: A "one"
CREATE TABLE "A ""one""" (id bigint PRIMARY KEY, b_id bigint NOT NULL);
CREATE TABLE b (id bigint PRIMARY KEY, c_id bigint NOT NULL);
CREATE TABLE c (id bigint PRIMARY KEY, "A" bigint NOT NULL REFERENCES "A ""one""");
ALTER TABLE "A ""one""" ADD CONSTRAINT "to b" FOREIGN KEY (b_id) REFERENCES b;
ALTER TABLE b ADD FOREIGN KEY (c_id) REFERENCES c;

-- pass: one column can be null
CREATE TABLE teams (id bigint PRIMARY KEY, lead_id bigint);
CREATE TABLE employees (id bigint PRIMARY KEY, team_id bigint NOT NULL REFERENCES teams);
ALTER TABLE teams ADD FOREIGN KEY (lead_id) REFERENCES employees;

-- pass: one is checked later
CREATE TABLE teams (id bigint PRIMARY KEY, lead_id bigint NOT NULL);
CREATE TABLE employees (id bigint PRIMARY KEY, team_id bigint NOT NULL REFERENCES teams);
ALTER TABLE teams ADD FOREIGN KEY (lead_id) REFERENCES employees DEFERRABLE INITIALLY DEFERRED;

-- pass: a mandatory reference to itself can be to the row itself
CREATE TABLE nodes (id bigint PRIMARY KEY, root_id bigint NOT NULL REFERENCES nodes);
