-- What PostgreSQL 17 and newer add.

CREATE TABLE nasty.rooms (day date, room integer, EXCLUDE USING gist (day WITH =, room WITH =)) PARTITION BY RANGE (day);
CREATE TABLE nasty.rooms_1 PARTITION OF nasty.rooms FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE nasty.generated_parent (a integer, g integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE nasty.generated_child (g integer GENERATED ALWAYS AS (a * 3) STORED) INHERITS (nasty.generated_parent);
CREATE DOMAIN nasty.named_not_null AS text CONSTRAINT "must be" NOT NULL;
