-- What PostgreSQL 18 adds.

CREATE TABLE nasty.modern (
    id integer CONSTRAINT "needs id" NOT NULL,
    v integer GENERATED ALWAYS AS (id + 1) VIRTUAL,
    x integer NOT NULL NO INHERIT,
    y integer,
    valid daterange,
    CONSTRAINT modern_key PRIMARY KEY (id, valid WITHOUT OVERLAPS),
    CONSTRAINT loose CHECK (x > 0) NOT ENFORCED
);
COMMENT ON CONSTRAINT "needs id" ON nasty.modern IS 'named not null';
ALTER TABLE nasty.modern ADD CONSTRAINT y_later NOT NULL y NOT VALID;
CREATE TABLE nasty.modern_child (CONSTRAINT x_too NOT NULL x) INHERITS (nasty.modern);
CREATE TABLE nasty.temporal (
    id integer,
    valid daterange,
    e integer REFERENCES nasty.egg NOT ENFORCED,
    FOREIGN KEY (id, PERIOD valid) REFERENCES nasty.modern (id, PERIOD valid)
);
CREATE TABLE nasty.modern_part (id integer CONSTRAINT part_id NOT NULL, t text) PARTITION BY LIST (id);
CREATE TABLE nasty.modern_part_1 PARTITION OF nasty.modern_part (CONSTRAINT own_t NOT NULL t) FOR VALUES IN (1);
