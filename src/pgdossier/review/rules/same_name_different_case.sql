-- fail: Users; orders.userId; orders.USERID
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE "Users" (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, userid int, "userId" int, "USERID" int);

-- pass: the same name in another table
CREATE TABLE users (id int PRIMARY KEY, "userId" int);
CREATE TABLE orders (id int PRIMARY KEY, userid int);

-- pass: other names
CREATE TABLE users (id int PRIMARY KEY, user_id int, userid int);
