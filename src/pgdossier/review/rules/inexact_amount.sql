-- fail: orders.total_amount; orders.Unit Price; orders.paid
CREATE TABLE orders (id int PRIMARY KEY, total_amount double precision, "Unit Price" real, paid money);

-- pass: numeric and counted cents are exact
CREATE TABLE orders (id int PRIMARY KEY, total_amount numeric(12, 2), price_cents bigint);

-- pass: a rate, a duration or a measurement is no amount
CREATE TABLE runs (id int PRIMARY KEY, tax_rate double precision, cost_ms real, temperature real, fee_percent real);

-- fail: trips.cost
-- a cost with a currency is money
CREATE TABLE trips (id int PRIMARY KEY, cost double precision, currency_code text);

-- pass: a cost by itself may be a measure or an estimate
CREATE TABLE spans (id int PRIMARY KEY, input_cost double precision, total_cost double precision);
