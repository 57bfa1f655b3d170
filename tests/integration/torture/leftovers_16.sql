-- Since PostgreSQL 16 a child's own generated column may have another expression than its parent's.

CREATE TABLE leftovers.another (
    a integer,
    "g "";" integer GENERATED ALWAYS AS (a * 3) STORED,
    w integer
);
ALTER TABLE leftovers.another INHERIT leftovers.parent;
CREATE TABLE leftovers.yet_another ("g "";" integer GENERATED ALWAYS AS (a + 4) STORED)
    INHERITS (leftovers.parent, leftovers.grandparent);
