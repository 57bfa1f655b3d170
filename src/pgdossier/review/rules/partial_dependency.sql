-- fail: order_lines.product_title
CREATE TABLE order_lines (
    order_id int, product_id int, product_title text, quantity int, PRIMARY KEY (order_id, product_id)
);

-- fail: OrderLines.productName
CREATE TABLE "OrderLines" ("orderId" int, "productId" int, "productName" text, PRIMARY KEY ("orderId", "productId"));

-- pass: what the parent has under that name another rule tells
CREATE TABLE products (id int PRIMARY KEY, name text);
CREATE TABLE order_lines (
    order_id int, product_id int REFERENCES products, product_name text, PRIMARY KEY (order_id, product_id)
);

-- pass: a role is about the pair
CREATE TABLE members (user_id int, group_id int, user_role text, joined date, PRIMARY KEY (user_id, group_id));

-- pass: a key of one column has no part
CREATE TABLE products (product_id int PRIMARY KEY, product_name text);
