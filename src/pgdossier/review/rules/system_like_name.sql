-- fail: pg_orders; pg_state; pg_pay(integer)
CREATE TABLE pg_orders (id int PRIMARY KEY);
CREATE TYPE pg_state AS ENUM ('new', 'done');
CREATE FUNCTION pg_pay(int) RETURNS int LANGUAGE sql AS 'SELECT 1';

-- pass: other names
CREATE TABLE pgorders (id int PRIMARY KEY, pg_version text);
CREATE TABLE "PG_ORDERS" (id int PRIMARY KEY);

-- pass: those of an extension are its own
-- own database
-- needs: 14
CREATE EXTENSION pg_trgm;
