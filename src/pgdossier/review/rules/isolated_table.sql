-- fail: Holidays
-- with: thresholds.linked_percent = 60
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);
CREATE TABLE "Holidays" (day date PRIMARY KEY, what text);

-- pass: where few tables are connected another rule speaks
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);
CREATE TABLE holidays (day date PRIMARY KEY, what text);
CREATE TABLE words (word text PRIMARY KEY, what text);

-- pass: what stands alone by nature, and what looks like a reference
-- with: thresholds.linked_percent = 10
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);
CREATE TABLE settings (name text PRIMARY KEY, value text);
CREATE TABLE visits (id bigint PRIMARY KEY, customer_id bigint);
