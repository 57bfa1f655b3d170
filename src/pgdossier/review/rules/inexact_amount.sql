-- fail: orders.total_amount; orders.Unit Price; orders.paid
CREATE TABLE orders (id int PRIMARY KEY, total_amount double precision, "Unit Price" real, paid money);

-- pass: numeric and counted cents are exact
CREATE TABLE orders (id int PRIMARY KEY, total_amount numeric(12, 2), price_cents bigint);

-- pass: a rate, a duration or a measurement is no amount
CREATE TABLE runs (id int PRIMARY KEY, tax_rate double precision, cost_ms real, temperature real, fee_percent real);
