-- Publications. Subscriptions are not rebuilt, because their connection strings are not read: see
-- test_catalog_services.py.

CREATE SCHEMA "Replicated";
CREATE TABLE "Replicated"."A ""table""" (id integer PRIMARY KEY, "B ""column""" text, c integer, d integer);
CREATE TABLE "Replicated".child () INHERITS ("Replicated"."A ""table""");
CREATE TABLE "Replicated".other (id integer, label text);
CREATE TABLE "Replicated".divided (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE "Replicated".divided_1 PARTITION OF "Replicated".divided FOR VALUES FROM (0) TO (10);

CREATE PUBLICATION "A ""publication""" FOR TABLE "Replicated"."A ""table""", "Replicated".other;
COMMENT ON PUBLICATION "A ""publication""" IS 'publication''s \ comment';
CREATE PUBLICATION torture_only FOR TABLE ONLY "Replicated"."A ""table""" WITH (publish = 'delete, insert');
CREATE PUBLICATION torture_nothing;
CREATE PUBLICATION torture_no_operations FOR TABLE "Replicated".other WITH (publish = '');
CREATE PUBLICATION torture_everything FOR ALL TABLES WITH (publish = 'truncate');
CREATE PUBLICATION torture_root FOR TABLE "Replicated".divided WITH (publish_via_partition_root = true);
CREATE PUBLICATION torture_part FOR TABLE "Replicated".divided_1;
