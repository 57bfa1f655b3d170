CREATE TABLE plain.fifteen (a integer, b integer, UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b));
CREATE UNIQUE INDEX ON plain.fifteen (b DESC) INCLUDE (a) NULLS NOT DISTINCT;
ALTER TABLE plain.child ADD FOREIGN KEY (a, x) REFERENCES "Odd $chema"."Table" ON DELETE SET NULL (a);
