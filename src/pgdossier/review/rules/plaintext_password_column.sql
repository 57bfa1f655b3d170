-- fail: users.password; users.userPwd; users.password_hash
CREATE TABLE users (id int PRIMARY KEY, password varchar(50), "userPwd" char(40), password_hash varchar(32));

-- pass: room for any hash
CREATE TABLE users (id int PRIMARY KEY, password varchar(128), other_password text, password_hash char(60));

-- pass: about the password
CREATE TABLE users (id int PRIMARY KEY, password_hint varchar(40), password_salt varchar(16), password_at date);
