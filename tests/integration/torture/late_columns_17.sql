-- Expressions that were set later can need columns that came later.
SET search_path = "Late";
CREATE TABLE computes (a integer, g integer GENERATED ALWAYS AS (a) STORED);
CREATE TABLE computes_child (own integer, h integer GENERATED ALWAYS AS (a) STORED) INHERITS (computes);
ALTER TABLE computes ADD COLUMN late integer, ADD COLUMN late_g integer GENERATED ALWAYS AS (a * 2) STORED, ADD COLUMN later integer DEFAULT 1;
ALTER TABLE computes ALTER g SET EXPRESSION AS (a + late), ALTER late_g SET EXPRESSION AS (later * 2);
ALTER TABLE computes_child ALTER h SET EXPRESSION AS (late - a), ALTER late_g SET EXPRESSION AS (later * own);
