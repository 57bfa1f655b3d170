-- fail: Users; orders
CREATE TABLE "Users" (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, "userId" int, "Odd ""Name" text);
CREATE TABLE lines (id int PRIMARY KEY);

-- fail: database
-- it is how the house does it
CREATE TABLE "Users" (id int PRIMARY KEY);
CREATE TABLE "Orders" (id int PRIMARY KEY);
CREATE TABLE "Lines" (id int PRIMARY KEY);
CREATE TABLE "Prices" (id int PRIMARY KEY);
CREATE TABLE rates (id int PRIMARY KEY, "validFrom" date);

-- pass: letters of other languages, and upper case that was folded
CREATE TABLE bücher (id int PRIMARY KEY, größe int, "_x$1" int);
CREATE TABLE Users (ID int PRIMARY KEY, userId int);

-- pass: the columns of a view are written where it is made
CREATE TABLE users (id int PRIMARY KEY);
CREATE VIEW shown AS SELECT id AS "The Number" FROM users;
