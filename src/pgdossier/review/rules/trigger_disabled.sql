-- fail: orders.keep_total
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
CREATE TRIGGER keep_total BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION keep();
ALTER TABLE orders DISABLE TRIGGER keep_total;

-- fail: Order Lines.Keep "it"
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TABLE "Order Lines" (id bigint PRIMARY KEY, at date) ;
CREATE TRIGGER "Keep ""it""" AFTER DELETE ON "Order Lines" FOR EACH STATEMENT EXECUTE FUNCTION keep();
ALTER TABLE "Order Lines" DISABLE TRIGGER "Keep ""it""";

-- fail: note changes
-- own database
CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE EVENT TRIGGER "note changes" ON ddl_command_end EXECUTE FUNCTION note();
ALTER EVENT TRIGGER "note changes" DISABLE;

-- pass: it fires
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
CREATE TRIGGER keep_total BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION keep();

-- pass: it fires where rows are replicated to, or always: that was chosen
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
CREATE TRIGGER keep_total BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep_more BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION keep();
ALTER TABLE orders ENABLE REPLICA TRIGGER keep_total;
ALTER TABLE orders ENABLE ALWAYS TRIGGER keep_more;
