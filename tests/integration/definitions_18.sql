CREATE TABLE plain.eighteen (
    r int4range, during tstzrange, n integer NOT NULL, a integer, CHECK (a > 0) NOT ENFORCED,
    PRIMARY KEY (r, during WITHOUT OVERLAPS));
CREATE TABLE plain.eighteen_child (
    r int4range, during tstzrange, e integer,
    FOREIGN KEY (r, PERIOD during) REFERENCES plain.eighteen (r, PERIOD during),
    FOREIGN KEY (e, e) REFERENCES "Odd $chema"."Table" NOT ENFORCED);
ALTER TABLE plain.eighteen ADD g integer GENERATED ALWAYS AS (n + 1) VIRTUAL;
