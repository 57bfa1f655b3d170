-- fail: product_attributes
CREATE TABLE products (id int PRIMARY KEY);
CREATE TABLE product_attributes (
    product_id int REFERENCES products, attribute text, value text, PRIMARY KEY (product_id, attribute)
);

-- fail: "Values"
-- the attribute is a reference
CREATE TABLE things (id int PRIMARY KEY);
CREATE TABLE attributes (id int PRIMARY KEY, label text);
CREATE TABLE """Values""" (
    id int PRIMARY KEY, thing int REFERENCES things, attribute_id int REFERENCES attributes, value_text text
);

-- pass: settings of the whole application belong to nothing
CREATE TABLE settings (key text PRIMARY KEY, value text);

-- pass: a measurement has a value, and no attribute
CREATE TABLE sensors (id int PRIMARY KEY);
CREATE TABLE readings (sensor_id int REFERENCES sensors, at timestamptz, value numeric, PRIMARY KEY (sensor_id, at));

-- pass: users name tags and parameters themselves
CREATE TABLE runs (id int PRIMARY KEY);
CREATE TABLE "runTags" (run_id int REFERENCES runs, key text, value text, PRIMARY KEY (run_id, key));
CREATE TABLE params (run_id int REFERENCES runs, key text, value text, PRIMARY KEY (run_id, key));

-- pass: a message with a key is no attribute
CREATE TABLE tasks (id int PRIMARY KEY);
CREATE TABLE exchanges (task_id int REFERENCES tasks, key text, value bytea, PRIMARY KEY (task_id, key));
