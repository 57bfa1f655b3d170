-- fail: pictures
CREATE TABLE pictures (id int PRIMARY KEY, "Raster" oid NOT NULL, icon oid);

-- pass: the content itself
CREATE TABLE pictures (id int PRIMARY KEY, raster bytea NOT NULL, number int);

-- pass: a trigger removes the object with its row
CREATE FUNCTION lo_manage() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TABLE pictures (id int PRIMARY KEY, raster oid NOT NULL);
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON pictures FOR EACH ROW EXECUTE FUNCTION lo_manage('raster');
