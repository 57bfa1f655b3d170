-- fail: database
CREATE TABLE orders (id int PRIMARY KEY, customer_id int, created_at date, "shippedAt" date, paid_at date);

-- fail: database
-- no style leads
CREATE TABLE orders (id int PRIMARY KEY, customer_id int, "CreatedAt" date, "ShippedAt" date, "PaidAt" date);

-- pass: all alike
CREATE TABLE "Orders" ("Id" int PRIMARY KEY, "CustomerId" int, "CreatedAt" date, "ShippedAt" date, "PaidAt" date);

-- pass: too few to tell
CREATE TABLE orders (id int PRIMARY KEY, "customerId" int);
