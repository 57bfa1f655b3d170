-- fail: attachments
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE tickets (id bigint PRIMARY KEY);
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE attachments (
    id bigint PRIMARY KEY, order_id bigint REFERENCES orders, ticket_id bigint REFERENCES tickets,
    user_id bigint NOT NULL REFERENCES users, file bytea
);

-- fail: Order Notes
CREATE TABLE "Orders" ("No" bigint PRIMARY KEY);
CREATE TABLE "Lines" ("No" bigint PRIMARY KEY);
CREATE TABLE "Order Notes" (id bigint PRIMARY KEY, "order_Id" bigint REFERENCES "Orders", "LineId" bigint REFERENCES "Lines");

-- pass: the CHECK is there
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE tickets (id bigint PRIMARY KEY);
CREATE TABLE attachments (
    id bigint PRIMARY KEY, order_id bigint REFERENCES orders, ticket_id bigint REFERENCES tickets,
    CHECK ((order_id IS NULL) <> (ticket_id IS NULL))
);

-- pass: a thing in itself, and one that has a mandatory parent
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE tickets (id bigint PRIMARY KEY);
CREATE TABLE shops (id bigint PRIMARY KEY);
CREATE TABLE invoices (id bigint PRIMARY KEY, order_id bigint REFERENCES orders, ticket_id bigint REFERENCES tickets);
CREATE TABLE notes (
    id bigint PRIMARY KEY, shop_id bigint NOT NULL REFERENCES shops, order_id bigint REFERENCES orders,
    ticket_id bigint REFERENCES tickets
);
