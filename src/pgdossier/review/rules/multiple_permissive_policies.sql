-- fail: orders; Both
CREATE TABLE orders (id int PRIMARY KEY);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON orders USING (id > 0);
CREATE POLICY reading ON orders FOR SELECT TO pg_monitor USING (id > 1);
CREATE TABLE "Both" (id int PRIMARY KEY);
ALTER TABLE "Both" ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON "Both" FOR DELETE USING (id > 0);
CREATE POLICY "Two" ON "Both" FOR DELETE USING (id > 1);

-- pass: each command or role has one, and restrictive ones narrow it
CREATE TABLE orders (id int PRIMARY KEY);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON orders FOR SELECT TO pg_monitor USING (id > 1);
CREATE POLICY reading_all ON orders FOR SELECT TO pg_read_all_settings USING (id > 1);
CREATE POLICY writing ON orders FOR UPDATE USING (id > 1);
CREATE POLICY never ON orders AS RESTRICTIVE USING (id > 2);

-- pass: row security is not enabled
CREATE TABLE orders (id int PRIMARY KEY);
CREATE POLICY a ON orders USING (id > 0);
CREATE POLICY b ON orders USING (id > 1);
