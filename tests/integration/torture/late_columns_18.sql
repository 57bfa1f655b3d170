-- NOT NULL with names: a parent's, a child's own, both, neither; not inherited, not valid.
SET search_path = "Late";
CREATE TABLE named (a integer CONSTRAINT "a!" NOT NULL);
CREATE TABLE named_child (own integer NOT NULL) INHERITS (named);
CREATE TABLE named_grandchild (own_too integer) INHERITS (named_child);
ALTER TABLE named ADD COLUMN b integer, ADD COLUMN c integer CONSTRAINT "c of parent" NOT NULL, ADD COLUMN d integer NOT NULL,
    ADD COLUMN e integer, ADD COLUMN f integer, ADD COLUMN h integer, ADD COLUMN v integer GENERATED ALWAYS AS (a + 1) VIRTUAL NOT NULL;
ALTER TABLE named_grandchild ADD CONSTRAINT "b of grandchild" NOT NULL b;
ALTER TABLE named_child ADD CONSTRAINT "b of child" NOT NULL b;
ALTER TABLE named ADD CONSTRAINT "b of parent" NOT NULL b;
ALTER TABLE named_child ADD CONSTRAINT "c of parent" NOT NULL c;
ALTER TABLE named_child ADD CONSTRAINT "e of child" NOT NULL e;
ALTER TABLE named ADD CONSTRAINT "f alone" NOT NULL f NO INHERIT;
ALTER TABLE named ADD CONSTRAINT "h later" NOT NULL h NOT VALID;
ALTER TABLE named ADD PRIMARY KEY (d), ADD CONSTRAINT lenient CHECK (c > 0) NOT ENFORCED;
COMMENT ON CONSTRAINT "b of child" ON named_child IS 'its own';
-- attached to a parent that got its NOT NULL afterwards
CREATE TABLE named_adopted (own integer, h integer, v integer GENERATED ALWAYS AS (a + 1) VIRTUAL NOT NULL, a integer NOT NULL, b integer NOT NULL, c integer NOT NULL, d integer NOT NULL, e integer, f integer, CONSTRAINT lenient CHECK (c > 0) NOT ENFORCED, CONSTRAINT "h itself" NOT NULL h);
ALTER TABLE named_adopted INHERIT named;
ALTER TABLE named ADD COLUMN z integer NOT NULL;
CREATE TABLE keyed (k integer, w integer);
CREATE TABLE keyed_child (w integer, k integer);
ALTER TABLE keyed_child INHERIT keyed;
ALTER TABLE keyed ADD PRIMARY KEY (k);
