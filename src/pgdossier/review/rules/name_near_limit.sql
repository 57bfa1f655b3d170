-- fail: a_table_with_a_name_that_goes_on_and_on_and_on_and_on_and_on; orders; Ähnlichkeiten zwischen Größen und Öffnungen, überprüft
CREATE TABLE a_table_with_a_name_that_goes_on_and_on_and_on_and_on_and_on (id int);
CREATE TABLE orders (a_column_with_a_name_that_goes_on_and_on_and_on_until_it_is_63 int);
CREATE TABLE "Ähnlichkeiten zwischen Größen und Öffnungen, überprüft" (id int);

-- pass: shorter; an index or a constraint that a tool named
CREATE TABLE a_table_with_a_name_that_goes_on_and_on_and_on_and_on_and_o (id int);
CREATE TABLE orders (id int CONSTRAINT a_constraint_with_a_name_that_goes_on_and_on_and_on_until_it_is CHECK (id > 0));

-- pass: the limit is configured
-- with: thresholds.long_name_bytes = 64
CREATE TABLE a_table_with_a_name_that_goes_on_and_on_and_on_and_on_and_on (id int);
