-- fail: countries; Rates
-- with: conventions.primary_keys = "generated"
CREATE TABLE countries (code text PRIMARY KEY, name text);
CREATE TABLE "Rates" ("Day" date, currency text, rate numeric, PRIMARY KEY ("Day", currency));

-- fail: countries
-- with: conventions.primary_keys = "natural"
CREATE TABLE countries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE);

-- pass: the default side reports nothing
CREATE TABLE countries (code text PRIMARY KEY, name text);

-- pass: generated keys, keys of other tables, junctions
-- with: conventions.primary_keys = "generated"
CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE roles (id bigserial PRIMARY KEY);
CREATE TABLE runs (run_uuid varchar(32) PRIMARY KEY);
CREATE TABLE user_roles (user_id uuid REFERENCES users, role_id bigint REFERENCES roles, PRIMARY KEY (user_id, role_id));
CREATE TABLE profiles (user_id uuid PRIMARY KEY REFERENCES users);

-- pass: the other key can be null, or is generated as well
-- with: conventions.primary_keys = "natural"
CREATE TABLE users (id bigserial PRIMARY KEY, mail text UNIQUE, token uuid NOT NULL UNIQUE, shop int NOT NULL, UNIQUE (shop, id));
