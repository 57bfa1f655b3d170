-- Row filters, lists of columns, whole schemas.

CREATE SCHEMA "Replicated, all";
CREATE TABLE "Replicated, all".t (id integer);

CREATE PUBLICATION torture_filtered FOR TABLE
    "Replicated"."A ""table""" ("B ""column""", id) WHERE (id > 5 AND "B ""column""" <> 'it''s (' OR c IS NULL),
    ONLY "Replicated".other WHERE ((id % 2 = 0) IS NOT FALSE)
    WITH (publish = 'insert');
CREATE PUBLICATION torture_columns FOR TABLE "Replicated"."A ""table""" (d, id, c);
CREATE PUBLICATION torture_schemas FOR TABLES IN SCHEMA "Replicated, all", "Replicated";
CREATE PUBLICATION torture_mixed FOR TABLES IN SCHEMA "Replicated, all", TABLE "Replicated".other WHERE (id > 0);
CREATE PUBLICATION torture_root_filter FOR TABLE "Replicated".divided WHERE (id > 1)
    WITH (publish_via_partition_root = true, publish = 'insert, update');
