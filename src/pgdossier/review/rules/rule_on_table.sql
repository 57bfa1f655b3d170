-- fail: orders.no_delete
CREATE TABLE orders (id bigint PRIMARY KEY, deleted boolean NOT NULL DEFAULT false);
CREATE RULE no_delete AS ON DELETE TO orders DO INSTEAD UPDATE orders SET deleted = true WHERE id = OLD.id;

-- fail: Open "Orders".Insert it
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE VIEW "Open ""Orders""" AS SELECT count(*) AS id FROM orders;
CREATE RULE "Insert it" AS ON INSERT TO "Open ""Orders""" DO INSTEAD INSERT INTO orders VALUES (NEW.id);

-- pass: a view has a rule that makes it a view
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE VIEW open_orders AS SELECT id FROM orders;
CREATE MATERIALIZED VIEW known_orders AS SELECT id FROM orders;

-- pass: triggers are no rules
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TRIGGER keep BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keep();
