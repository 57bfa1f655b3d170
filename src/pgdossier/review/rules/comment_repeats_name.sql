-- fail: OrderLines; OrderLines.unit_price; OrderLines.id
CREATE TABLE "OrderLines" (id int PRIMARY KEY, unit_price numeric, paid date);
COMMENT ON TABLE "OrderLines" IS 'Table of order lines';
COMMENT ON COLUMN "OrderLines".unit_price IS 'The unit price';
COMMENT ON COLUMN "OrderLines".id IS 'ID of the order line.';
COMMENT ON COLUMN "OrderLines".paid IS 'When the money came in.';

-- pass: more than the name says
CREATE TABLE orders (id int PRIMARY KEY, unit_price numeric);
COMMENT ON TABLE orders IS 'Orders that were confirmed';
COMMENT ON COLUMN orders.unit_price IS 'Unit price in cents';
COMMENT ON COLUMN orders.id IS 'The order that this is the id of';

-- pass: no comment, or one without words
CREATE TABLE orders (id int PRIMARY KEY, unit_price numeric);
COMMENT ON COLUMN orders.unit_price IS '€ / 100';
