-- Generated columns are published.

CREATE TABLE "Replicated".computed (id integer PRIMARY KEY, twice integer GENERATED ALWAYS AS (id * 2) STORED);
CREATE PUBLICATION torture_generated FOR TABLE "Replicated".computed WITH (publish_generated_columns = stored);
CREATE PUBLICATION torture_generated_list FOR TABLE "Replicated".computed (id, twice);
CREATE PUBLICATION torture_not_generated FOR TABLE "Replicated".computed WITH (publish_generated_columns = none);
