-- What PostgreSQL 18 has on top of hand_checked.sql.
CREATE TABLE wishes (
    id integer CONSTRAINT wishes_pkey PRIMARY KEY,
    size integer, doubled integer GENERATED ALWAYS AS (nullif(size, 7) * 2) VIRTUAL CONSTRAINT wishes_doubled NOT NULL,
    CONSTRAINT wishes_size CHECK (size > 0) NOT ENFORCED,
    hub text CONSTRAINT wishes_hub REFERENCES hubs (label) NOT ENFORCED
);
CREATE TABLE alike (a integer, b integer, CONSTRAINT alike_key UNIQUE NULLS NOT DISTINCT (a, b));
CREATE TABLE partly (
    id integer PRIMARY KEY, a integer NOT NULL, b integer,
    CONSTRAINT partly_hub FOREIGN KEY (a, b) REFERENCES hubs ON DELETE SET NULL (b)
);
CREATE TABLE rates (item int4range, valid daterange, CONSTRAINT rates_pkey PRIMARY KEY (item, valid WITHOUT OVERLAPS));
