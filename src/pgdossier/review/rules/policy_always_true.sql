-- fail: orders.Open; orders.adding
CREATE TABLE orders (id int PRIMARY KEY);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Open" ON orders USING (true);
CREATE POLICY adding ON orders FOR INSERT WITH CHECK (true);

-- pass: everybody may read, nobody may write
CREATE TABLE orders (id int PRIMARY KEY);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON orders FOR SELECT USING (true);

-- pass: it is for one role
CREATE TABLE orders (id int PRIMARY KEY);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY admins ON orders TO pg_monitor USING (true);

-- pass: a restrictive policy narrows it
CREATE TABLE orders (id int PRIMARY KEY);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY wide ON orders USING (true);
CREATE POLICY narrow ON orders AS RESTRICTIVE USING (id > 5);
