-- fail: orders.id; Order Lines.No
-- with: conventions.generated_numbers = "identity"
CREATE TABLE orders (id bigserial PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY);
CREATE TABLE "Order Lines" ("No" serial PRIMARY KEY);

-- fail: orders.number
-- with: conventions.generated_numbers = "serial"
CREATE TABLE orders (id bigserial PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY);

-- pass: the default side reports nothing
CREATE TABLE orders (id bigserial PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY);

-- pass: a sequence that is not the column's makes no serial
-- with: conventions.generated_numbers = "identity"
CREATE SEQUENCE numbers;
CREATE TABLE invoices (id bigint PRIMARY KEY DEFAULT nextval('numbers'));
CREATE TABLE credits (id bigint PRIMARY KEY DEFAULT nextval('numbers'));
