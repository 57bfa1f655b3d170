-- fail: people.department_name
CREATE TABLE people (id int PRIMARY KEY, department_id int, department_name text);

-- fail: People.departmentName
CREATE TABLE "People" (id int PRIMARY KEY, "departmentCode" text, "departmentName" text);

-- pass: the key of the table itself
CREATE TABLE products (id int PRIMARY KEY, product_code text, product_name text);

-- pass: a unique column is a key
CREATE TABLE shops (id int PRIMARY KEY, place_id int UNIQUE, place_name text);

-- pass: what the parent has under that name another rule tells
CREATE TABLE departments (id int PRIMARY KEY, name text);
CREATE TABLE people (id int PRIMARY KEY, department_id int REFERENCES departments, department_name text);

-- pass: a CHECK says that one of the two stands in for the other
CREATE TABLE meetings (
    id int PRIMARY KEY, room_id int, room_name text, CHECK (room_id IS NULL OR room_name IS NULL)
);

-- pass: there is a table for it, which has no such column: the name of that moment is kept
CREATE TABLE accounts (id int PRIMARY KEY, login text);
CREATE TABLE changes (id int PRIMARY KEY, account_id int REFERENCES accounts, account_name text);
