-- fail: runs
CREATE TABLE runs (job text, at timestamptz, attempt int, PRIMARY KEY (job, at, attempt));
CREATE TABLE logs (id bigint PRIMARY KEY, job text, at timestamptz, attempt int, FOREIGN KEY (job, at, attempt) REFERENCES runs);

-- fail: Pairs
-- with: thresholds.referenced_key_columns = 2
CREATE TABLE "Pairs" (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE notes (id bigint PRIMARY KEY, a int, b int, FOREIGN KEY (b, a) REFERENCES "Pairs" (b, a));

-- pass: two columns
CREATE TABLE users (tenant_id int, id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE posts (id int PRIMARY KEY, tenant_id int, user_id int, FOREIGN KEY (tenant_id, user_id) REFERENCES users);

-- pass: nobody references it, or by a key of one column
CREATE TABLE runs (job text, at timestamptz, attempt int, id bigint UNIQUE, PRIMARY KEY (job, at, attempt));
CREATE TABLE logs (id bigint PRIMARY KEY, run_id bigint REFERENCES runs (id));
CREATE TABLE deliveries (a int, b int, c int, PRIMARY KEY (a, b, c));
