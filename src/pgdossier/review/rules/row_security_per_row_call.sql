-- fail: orders.own; orders.By "Tenant"
CREATE FUNCTION current_tenant() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE TABLE orders (id int PRIMARY KEY, owner text, tenant int);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (owner = current_setting('app.user', true));
CREATE POLICY "By ""Tenant""" ON orders FOR INSERT WITH CHECK (tenant = current_tenant() AND owner <> ')');

-- pass: a sub-select is evaluated once
CREATE TABLE orders (id int PRIMARY KEY, owner text);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (owner = (SELECT current_setting('app.user') AS me));

-- pass: the current user costs nothing, a constant may look like a call
CREATE TABLE orders (id int PRIMARY KEY, owner text);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (owner = CURRENT_USER OR owner = 'current_setting(''x'')');

-- pass: the policy is not in force
CREATE TABLE orders (id int PRIMARY KEY, owner text);
CREATE POLICY own ON orders USING (owner = current_setting('app.user'));
