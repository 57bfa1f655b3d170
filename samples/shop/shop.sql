-- The sample shop of pgdossier: coffee, tea, and the things around them.
--
-- A schema as a team would grow it over a few years, written for this project. It loads into an empty database
-- of PostgreSQL 13 to 18, by psql or as one script through any driver, needs no extension, and holds a few
-- thousand invented rows: computed, not random, with fixed dates, so that every load is the same. The loading
-- role must be a superuser (it creates the roles below where they are missing).
--
--   account     who our customers and colleagues are, and what they may do
--   catalogue   what we sell, in which words, at which price, and where it lies
--   sales       carts, orders, and everything that follows an order
--   audit       who changed what, and the functions that keep track

-- ---------------------------------------------------------------------------------------------------------------
-- Roles, database and schemas
-- ---------------------------------------------------------------------------------------------------------------

-- Roles belong to the cluster, not to the database: a second load, even one running at the same time, finds them.
DO $roles$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_owner') THEN
        CREATE ROLE shop_owner NOLOGIN;
        COMMENT ON ROLE shop_owner IS 'Owns every object of the shop; migrations run as this role.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_app') THEN
        CREATE ROLE shop_app NOLOGIN;
        COMMENT ON ROLE shop_app IS 'The web shop and the back office; row security applies.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_analyst') THEN
        CREATE ROLE shop_analyst NOLOGIN;
        COMMENT ON ROLE shop_analyst IS 'Reports and dashboards; reads everything that does not name a person.';
        GRANT pg_read_all_stats TO shop_analyst;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$roles$;

DO $database$
BEGIN
    EXECUTE format(
        'COMMENT ON DATABASE %I IS %L', current_database(),
        'The system of record of the web shop: customers, the catalogue with prices and stock, orders from cart'
        ' to delivery, and the trail of who changed what.');
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO shop_app, shop_analyst', current_database());
END
$database$;

CREATE SCHEMA account AUTHORIZATION shop_owner;
CREATE SCHEMA catalogue AUTHORIZATION shop_owner;
CREATE SCHEMA sales AUTHORIZATION shop_owner;
CREATE SCHEMA audit AUTHORIZATION shop_owner;

SET ROLE shop_owner;

COMMENT ON SCHEMA account IS 'Customers and colleagues: who they are, where they live, what they may do.';
COMMENT ON SCHEMA catalogue IS
    'What the shop sells: products, categories, prices, stock, and what people think of it.';
COMMENT ON SCHEMA sales IS 'From cart to delivery: orders, payments, shipments, refunds and coupons.';
COMMENT ON SCHEMA audit IS 'Who changed what and when, and the bookkeeping of schema migrations.';

-- A function is for those it was granted to, not for everybody (the grants stand at the end).
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- ---------------------------------------------------------------------------------------------------------------
-- Domains and types
-- ---------------------------------------------------------------------------------------------------------------

CREATE DOMAIN account.email_address AS varchar(255)
    CONSTRAINT chk_email_address CHECK (VALUE ~* '^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$');
COMMENT ON DOMAIN account.email_address IS
    'An e-mail address of the usual form; whether it exists is proved by a mail.';
COMMENT ON CONSTRAINT chk_email_address ON DOMAIN account.email_address IS
    'local-part@domain.tld, letters in any case.';

CREATE DOMAIN account.phone_number AS varchar(16)
    CONSTRAINT chk_phone_number CHECK (VALUE ~ '^\+[1-9][0-9]{6,14}$');
COMMENT ON DOMAIN account.phone_number IS 'A telephone number in E.164 form: + and country code, digits only.';

CREATE DOMAIN account.country_code AS varchar(2)
    CONSTRAINT chk_country_code CHECK (VALUE ~ '^[A-Z]{2}$');
COMMENT ON DOMAIN account.country_code IS 'ISO 3166-1 alpha-2 country code.';

CREATE DOMAIN catalogue.currency_code AS varchar(3)
    CONSTRAINT chk_currency_code CHECK (VALUE ~ '^[A-Z]{3}$');
COMMENT ON DOMAIN catalogue.currency_code IS 'ISO 4217 currency code.';

CREATE DOMAIN catalogue.language_code AS varchar(5)
    CONSTRAINT chk_language_code CHECK (VALUE ~ '^[a-z]{2}(-[A-Z]{2})?$');
COMMENT ON DOMAIN catalogue.language_code IS 'A language, with its region where that matters: en, de, de-CH.';

CREATE DOMAIN catalogue.money_amount AS numeric(19, 4)
    CONSTRAINT chk_money_amount CHECK (VALUE >= 0);
COMMENT ON DOMAIN catalogue.money_amount IS
    'An amount of money, never negative; the currency stands beside it. Four decimals, so that unit prices round'
    ' late.';
COMMENT ON CONSTRAINT chk_money_amount ON DOMAIN catalogue.money_amount IS
    'Money that flows back is a refund, not a minus sign.';

CREATE DOMAIN catalogue.percentage AS numeric(5, 2)
    CONSTRAINT chk_percentage CHECK (VALUE BETWEEN 0 AND 100);
COMMENT ON DOMAIN catalogue.percentage IS 'Between 0 and 100 percent, two decimals.';

CREATE DOMAIN catalogue.quantity AS integer DEFAULT 1
    CONSTRAINT chk_quantity CHECK (VALUE > 0);
COMMENT ON DOMAIN catalogue.quantity IS 'A number of pieces, at least one.';

CREATE DOMAIN catalogue.sku AS varchar(20) COLLATE "C"
    CONSTRAINT chk_sku CHECK (VALUE ~ '^[A-Z]{3}-[0-9]{5}-[A-Z0-9]{1,4}$');
COMMENT ON DOMAIN catalogue.sku IS 'Stock keeping unit as on the shelf label: product group, product, variant.';

CREATE TYPE catalogue.product_status AS ENUM ('draft', 'active', 'retired');
COMMENT ON TYPE catalogue.product_status IS 'The life of a product; only active ones can be put into a cart.';

CREATE TYPE catalogue.parcel_size AS (
    length_mm integer,
    width_mm integer,
    height_mm integer
);
COMMENT ON TYPE catalogue.parcel_size IS 'Outer measures of a packed piece.';
COMMENT ON COLUMN catalogue.parcel_size.length_mm IS 'The longest side.';

CREATE TYPE sales.order_status AS ENUM ('pending', 'processing', 'shipped', 'delivered', 'cancelled');
COMMENT ON TYPE sales.order_status IS 'The way of an order; cancelled and delivered are final.';

CREATE TYPE sales.payment_status AS ENUM ('authorised', 'captured', 'failed', 'voided');
COMMENT ON TYPE sales.payment_status IS 'What the payment provider last told us.';

CREATE TYPE sales.shipment_status AS ENUM ('packed', 'in_transit', 'delivered', 'returned');
COMMENT ON TYPE sales.shipment_status IS 'Where a parcel is.';

-- ---------------------------------------------------------------------------------------------------------------
-- Functions that the tables need
-- ---------------------------------------------------------------------------------------------------------------

CREATE SEQUENCE sales.order_number_seq START WITH 100001 CACHE 1;
COMMENT ON SEQUENCE sales.order_number_seq IS 'Order numbers; gaps are fine, repeats are not.';

CREATE FUNCTION sales.next_order_number() RETURNS text
    LANGUAGE sql VOLATILE
    AS $$ SELECT 'SO-' || lpad(nextval('sales.order_number_seq')::text, 8, '0') $$;
COMMENT ON FUNCTION sales.next_order_number() IS 'The next free order number, such as SO-00100001.';

CREATE FUNCTION catalogue.slugify(title text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT trim(BOTH '-' FROM regexp_replace(lower(title), '[^a-z0-9]+', '-', 'g')) $$;
COMMENT ON FUNCTION catalogue.slugify(text) IS
    'A title as it may stand in a URL: lower case letters, digits, single dashes.';

CREATE FUNCTION account.current_user_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('shop.user_id', true), '')::uuid $$;
COMMENT ON FUNCTION account.current_user_id() IS
    'The customer or colleague on whose behalf the application works: the setting shop.user_id, or NULL.';

-- ---------------------------------------------------------------------------------------------------------------
-- account: customers and colleagues
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE account.countries (
    code account.country_code PRIMARY KEY,
    name varchar(80) NOT NULL,
    calling_code varchar(4) NOT NULL,
    in_customs_union boolean NOT NULL DEFAULT false,
    standard_vat_rate catalogue.percentage,
    CONSTRAINT uq_countries_name UNIQUE (name),
    CONSTRAINT chk_countries_vat CHECK (standard_vat_rate IS NOT NULL OR NOT in_customs_union)
);
COMMENT ON TABLE account.countries IS 'Countries that the shop delivers to.';
COMMENT ON COLUMN account.countries.code IS 'ISO 3166-1 alpha-2; also the key everywhere else.';
COMMENT ON COLUMN account.countries.name IS 'English short name.';
COMMENT ON COLUMN account.countries.calling_code IS 'Digits after the + of a telephone number.';
COMMENT ON COLUMN account.countries.in_customs_union IS 'No customs declaration needed for parcels to this country.';
COMMENT ON COLUMN account.countries.standard_vat_rate IS
    'Standard rate of value added tax; empty where the customer pays import tax.';
COMMENT ON CONSTRAINT uq_countries_name ON account.countries IS 'A country is listed once.';
COMMENT ON CONSTRAINT chk_countries_vat ON account.countries IS
    'Inside the customs union we must charge tax, so the rate must be known.';

CREATE TABLE account.users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email account.email_address NOT NULL,
    password_hash varchar(255) NOT NULL,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    full_name varchar(201) GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED,
    status varchar(20) NOT NULL DEFAULT 'active',
    email_verified boolean NOT NULL DEFAULT false,
    default_address_id bigint,
    version integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz,
    CONSTRAINT chk_users_status CHECK (status IN ('active', 'inactive', 'suspended')),
    CONSTRAINT chk_users_deleted CHECK (deleted_at IS NULL OR (deleted_at >= created_at AND status <> 'active'))
);
COMMENT ON TABLE account.users IS
    'Everybody who has an account: customers and colleagues alike. Accounts are closed, not deleted, because orders'
    ' refer to them.';
COMMENT ON COLUMN account.users.id IS 'Random, because it appears in links that customers see.';
COMMENT ON COLUMN account.users.email IS 'Sign-in name and where order mails go; kept in lower case.';
COMMENT ON COLUMN account.users.password_hash IS 'Argon2id hash with its parameters; never a password.';
COMMENT ON COLUMN account.users.first_name IS 'Given name, as the customer wrote it.';
COMMENT ON COLUMN account.users.last_name IS 'Family name, as the customer wrote it.';
COMMENT ON COLUMN account.users.full_name IS 'For labels and greetings.';
COMMENT ON COLUMN account.users.status IS 'Suspended accounts can sign in and read, but not order.';
COMMENT ON COLUMN account.users.email_verified IS 'The customer followed the link in our first mail.';
COMMENT ON COLUMN account.users.default_address_id IS 'Where parcels go unless the order says otherwise.';
COMMENT ON COLUMN account.users.version IS 'Counts changes; the application refuses to overwrite a newer version.';
COMMENT ON COLUMN account.users.created_at IS 'When the account was opened.';
COMMENT ON COLUMN account.users.updated_at IS 'When the row last changed.';
COMMENT ON COLUMN account.users.deleted_at IS
    'When the account was closed; its personal data is wiped 30 days later.';
COMMENT ON CONSTRAINT chk_users_status ON account.users IS 'The three states an account can be in.';
COMMENT ON CONSTRAINT chk_users_deleted ON account.users IS 'A closed account is not active, and was opened before.';

CREATE UNIQUE INDEX uq_users_email ON account.users (lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX idx_users_name ON account.users (last_name, first_name);
CREATE INDEX idx_users_status ON account.users (status) WHERE status <> 'active';
CREATE INDEX idx_users_created_at ON account.users (created_at DESC);
CREATE INDEX idx_users_default_address_id ON account.users (default_address_id);
COMMENT ON INDEX account.uq_users_email IS 'One open account per address, whatever its case; a closed one frees it.';
COMMENT ON INDEX account.idx_users_name IS 'Search in the back office.';
COMMENT ON INDEX account.idx_users_status IS 'The few accounts that need attention.';
COMMENT ON INDEX account.idx_users_created_at IS 'Newest customers first.';

CREATE TABLE account.user_profiles (
    user_id uuid PRIMARY KEY REFERENCES account.users (id) ON DELETE CASCADE,
    phone account.phone_number,
    birth_date date,
    preferred_language catalogue.language_code NOT NULL DEFAULT 'en',
    biography varchar(500),
    preferences jsonb NOT NULL DEFAULT '{}',
    newsletter_since timestamptz,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT uq_user_profiles_phone UNIQUE (phone),
    CONSTRAINT chk_user_profiles_birth_date CHECK (birth_date BETWEEN '1900-01-01' AND '2020-12-31'),
    CONSTRAINT chk_user_profiles_preferences CHECK (jsonb_typeof(preferences) = 'object')
);
COMMENT ON TABLE account.user_profiles IS
    'What a customer chose to tell about themselves; at most one row per account.';
COMMENT ON COLUMN account.user_profiles.user_id IS
    'The account; also the key, which makes the relationship one to one.';
COMMENT ON COLUMN account.user_profiles.phone IS 'For questions of the parcel service.';
COMMENT ON COLUMN account.user_profiles.birth_date IS 'For the birthday coupon; optional.';
COMMENT ON COLUMN account.user_profiles.preferred_language IS 'Language of mails and of the shop after sign-in.';
COMMENT ON COLUMN account.user_profiles.biography IS 'Shown beside reviews.';
COMMENT ON COLUMN account.user_profiles.preferences IS
    'Settings of the web shop: one JSON object, keys owned by the front end.';
COMMENT ON COLUMN account.user_profiles.newsletter_since IS
    'When the customer agreed to the newsletter; empty means no.';
COMMENT ON CONSTRAINT uq_user_profiles_phone ON account.user_profiles IS 'A telephone number finds one customer.';
COMMENT ON CONSTRAINT chk_user_profiles_preferences ON account.user_profiles IS
    'Lists and bare values have been sent by mistake before.';

CREATE INDEX idx_user_profiles_preferences ON account.user_profiles USING gin (preferences jsonb_path_ops);
COMMENT ON INDEX account.idx_user_profiles_preferences IS 'Who has switched a preference on.';

CREATE TABLE account.addresses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES account.users (id) ON DELETE CASCADE,
    label varchar(40) NOT NULL DEFAULT 'Home',
    recipient varchar(200) NOT NULL,
    street varchar(200) NOT NULL,
    street_extra varchar(200),
    postal_code varchar(12) NOT NULL,
    city varchar(100) NOT NULL,
    country_code account.country_code NOT NULL
        REFERENCES account.countries (code) ON UPDATE CASCADE ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT uq_addresses_user_label UNIQUE (user_id, label)
);
ALTER TABLE account.addresses
    ADD CONSTRAINT chk_addresses_postal_code CHECK (postal_code ~ '^[A-Z0-9][A-Z0-9 -]{1,10}$') NOT VALID;
ALTER TABLE account.users
    ADD CONSTRAINT users_default_address_id_fkey FOREIGN KEY (default_address_id)
    REFERENCES account.addresses (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
COMMENT ON TABLE account.addresses IS
    'The address book of each customer. Orders keep a copy, so that history does not move house.';
COMMENT ON COLUMN account.addresses.user_id IS 'Whose address book.';
COMMENT ON COLUMN account.addresses.label IS 'How the customer calls it: Home, Office, Parents.';
COMMENT ON COLUMN account.addresses.recipient IS 'The name on the parcel, which need not be the customer.';
COMMENT ON COLUMN account.addresses.street IS 'Street and number.';
COMMENT ON COLUMN account.addresses.street_extra IS 'Floor, door, care of.';
COMMENT ON COLUMN account.addresses.postal_code IS 'As written in its country.';
COMMENT ON COLUMN account.addresses.city IS 'City, town or village.';
COMMENT ON COLUMN account.addresses.country_code IS 'Where the parcel goes; decides tax and customs.';
COMMENT ON CONSTRAINT uq_addresses_user_label ON account.addresses IS
    'Labels are how a customer tells addresses apart.';
COMMENT ON CONSTRAINT chk_addresses_postal_code ON account.addresses IS
    'Not validated: addresses taken over from the old shop have never been cleaned up.';
COMMENT ON CONSTRAINT users_default_address_id_fkey ON account.users IS
    'Deferred, so that an account and its first address can be created together in either order.';

CREATE INDEX idx_addresses_country_city ON account.addresses (country_code, city);
COMMENT ON INDEX account.idx_addresses_country_city IS 'Delivery statistics by region.';
CREATE STATISTICS account.stx_addresses_place (dependencies, ndistinct)
    ON city, postal_code, country_code FROM account.addresses;
COMMENT ON STATISTICS account.stx_addresses_place IS
    'A postal code implies city and country; without this the planner underestimates.';

CREATE TABLE account.roles (
    id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(50) NOT NULL,
    description varchar(200) NOT NULL,
    is_staff boolean NOT NULL DEFAULT true,
    CONSTRAINT uq_roles_name UNIQUE (name)
);
COMMENT ON TABLE account.roles IS 'What people may do in the application (not database roles).';
COMMENT ON COLUMN account.roles.name IS 'The name that the application checks.';
COMMENT ON COLUMN account.roles.description IS 'What the role allows, for the people who grant it.';
COMMENT ON COLUMN account.roles.is_staff IS 'Only for colleagues; needs a second factor at sign-in.';
COMMENT ON CONSTRAINT uq_roles_name ON account.roles IS 'Code refers to roles by name.';

CREATE TABLE account.user_roles (
    user_id uuid NOT NULL REFERENCES account.users (id) ON DELETE CASCADE,
    role_id smallint NOT NULL REFERENCES account.roles (id) ON DELETE RESTRICT,
    granted_by uuid REFERENCES account.users (id) ON DELETE SET NULL,
    granted_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz,
    PRIMARY KEY (user_id, role_id),
    CONSTRAINT chk_user_roles_period CHECK (expires_at > granted_at)
);
COMMENT ON TABLE account.user_roles IS 'Who has which role, since when, and by whose decision.';
COMMENT ON COLUMN account.user_roles.user_id IS 'Who holds the role.';
COMMENT ON COLUMN account.user_roles.role_id IS 'The role held.';
COMMENT ON COLUMN account.user_roles.granted_by IS
    'The colleague who granted it; empty for roles given by the system.';
COMMENT ON COLUMN account.user_roles.granted_at IS 'Since when.';
COMMENT ON COLUMN account.user_roles.expires_at IS 'Until when; empty means until taken away.';
COMMENT ON CONSTRAINT chk_user_roles_period ON account.user_roles IS 'A role cannot end before it begins.';

CREATE INDEX idx_user_roles_role_id ON account.user_roles (role_id);
COMMENT ON INDEX account.idx_user_roles_role_id IS 'Who has this role?';

CREATE UNLOGGED TABLE account.sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES account.users (id) ON DELETE CASCADE,
    token_digest bytea NOT NULL,
    ip_address inet,
    user_agent varchar(400),
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_seen_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz NOT NULL,
    CONSTRAINT uq_sessions_token_digest UNIQUE (token_digest),
    CONSTRAINT chk_sessions_token_digest CHECK (octet_length(token_digest) = 32),
    CONSTRAINT chk_sessions_period CHECK (expires_at > created_at AND last_seen_at >= created_at)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON TABLE account.sessions IS 'Who is signed in. Unlogged: after a crash everybody signs in again.';
COMMENT ON COLUMN account.sessions.user_id IS 'Who signed in.';
COMMENT ON COLUMN account.sessions.token_digest IS 'SHA-256 of the cookie; the cookie itself is never stored.';
COMMENT ON COLUMN account.sessions.ip_address IS 'Address of the last request.';
COMMENT ON COLUMN account.sessions.user_agent IS 'Browser and device, as they present themselves.';
COMMENT ON COLUMN account.sessions.last_seen_at IS 'Updated at most once a minute.';
COMMENT ON COLUMN account.sessions.expires_at IS 'After this the cookie is worthless.';
COMMENT ON CONSTRAINT uq_sessions_token_digest ON account.sessions IS 'One session per cookie.';
COMMENT ON CONSTRAINT chk_sessions_token_digest ON account.sessions IS 'The length of a SHA-256 digest.';
COMMENT ON CONSTRAINT chk_sessions_period ON account.sessions IS 'Opened, then seen, then expired.';

CREATE INDEX idx_sessions_user_id ON account.sessions (user_id);
CREATE INDEX idx_sessions_expires_at ON account.sessions (expires_at);
COMMENT ON INDEX account.idx_sessions_user_id IS 'Sign out everywhere.';
COMMENT ON INDEX account.idx_sessions_expires_at IS 'The nightly purge.';

CREATE FUNCTION account.has_role(role_name text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT EXISTS (
            SELECT FROM account.user_roles AS held
            JOIN account.roles AS role ON role.id = held.role_id
            WHERE held.user_id = account.current_user_id() AND role.name = role_name
              AND (held.expires_at IS NULL OR held.expires_at > now()))
    $$;
COMMENT ON FUNCTION account.has_role(text) IS
    'Whether the current user of the application holds a role now. Runs with the rights of its owner, since policies'
    ' call it.';

ALTER TABLE account.addresses ENABLE ROW LEVEL SECURITY;
CREATE POLICY addresses_of_the_customer ON account.addresses FOR ALL TO shop_app
    USING (user_id = account.current_user_id()) WITH CHECK (user_id = account.current_user_id());
CREATE POLICY addresses_for_support ON account.addresses FOR SELECT TO shop_app
    USING (account.has_role('support'));
COMMENT ON POLICY addresses_of_the_customer ON account.addresses IS
    'Customers see and change their own address book only.';
COMMENT ON POLICY addresses_for_support ON account.addresses IS 'Support may look up an address, not change it.';

-- ---------------------------------------------------------------------------------------------------------------
-- catalogue: products, prices and stock
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE catalogue.currencies (
    code catalogue.currency_code PRIMARY KEY,
    numeric_code smallint NOT NULL,
    name varchar(60) NOT NULL,
    minor_digits smallint NOT NULL DEFAULT 2,
    CONSTRAINT uq_currencies_numeric_code UNIQUE (numeric_code),
    CONSTRAINT chk_currencies_minor_digits CHECK (minor_digits BETWEEN 0 AND 4)
);
COMMENT ON TABLE catalogue.currencies IS 'Currencies in which the shop takes money.';
COMMENT ON COLUMN catalogue.currencies.code IS 'ISO 4217 letters.';
COMMENT ON COLUMN catalogue.currencies.numeric_code IS 'ISO 4217 number, for the payment provider.';
COMMENT ON COLUMN catalogue.currencies.name IS 'English name.';
COMMENT ON COLUMN catalogue.currencies.minor_digits IS 'Decimals of the smallest coin.';
COMMENT ON CONSTRAINT uq_currencies_numeric_code ON catalogue.currencies IS
    'Number and letters name the same currency.';

CREATE TABLE catalogue.price_lists (
    id smallint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    code varchar(30) NOT NULL,
    name varchar(100) NOT NULL,
    currency_code catalogue.currency_code NOT NULL
        REFERENCES catalogue.currencies (code) ON UPDATE CASCADE ON DELETE RESTRICT,
    is_default boolean NOT NULL DEFAULT false,
    CONSTRAINT uq_price_lists_code UNIQUE (code)
);
COMMENT ON TABLE catalogue.price_lists IS
    'For whom, and in which currency, prices are made: retail, wholesale, abroad.';
COMMENT ON COLUMN catalogue.price_lists.code IS 'Short name used in imports.';
COMMENT ON COLUMN catalogue.price_lists.name IS 'Name in the back office.';
COMMENT ON COLUMN catalogue.price_lists.currency_code IS 'Currency of every price on this list.';
COMMENT ON COLUMN catalogue.price_lists.is_default IS 'The list for visitors of whom we know nothing.';
COMMENT ON CONSTRAINT uq_price_lists_code ON catalogue.price_lists IS 'Imports name the list by its code.';

CREATE UNIQUE INDEX uq_price_lists_default ON catalogue.price_lists (is_default) WHERE is_default;
CREATE INDEX idx_price_lists_currency_code ON catalogue.price_lists (currency_code);
COMMENT ON INDEX catalogue.uq_price_lists_default IS 'At most one default list.';

CREATE TABLE catalogue.categories (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id integer REFERENCES catalogue.categories (id) ON DELETE RESTRICT,
    slug varchar(80) NOT NULL,
    name varchar(80) NOT NULL,
    "position" smallint NOT NULL DEFAULT 0,
    is_visible boolean NOT NULL DEFAULT true,
    CONSTRAINT uq_categories_slug UNIQUE (slug),
    CONSTRAINT chk_categories_slug CHECK (slug = catalogue.slugify(slug)),
    CONSTRAINT chk_categories_parent CHECK (parent_id <> id)
);
COMMENT ON TABLE catalogue.categories IS 'The tree of shelves that customers walk through.';
COMMENT ON COLUMN catalogue.categories.parent_id IS 'The shelf above; empty at the top of the tree.';
COMMENT ON COLUMN catalogue.categories.slug IS 'Part of the URL; unique in the whole tree, so that shelves can move.';
COMMENT ON COLUMN catalogue.categories.name IS 'The label of the shelf.';
COMMENT ON COLUMN catalogue.categories."position" IS 'Order among its neighbours, smallest first.';
COMMENT ON COLUMN catalogue.categories.is_visible IS 'Hidden shelves keep their products and their URL.';
COMMENT ON CONSTRAINT chk_categories_slug ON catalogue.categories IS 'Already in URL form.';
COMMENT ON CONSTRAINT chk_categories_parent ON catalogue.categories IS
    'No shelf stands on itself; longer circles are refused by the application.';

CREATE INDEX idx_categories_parent ON catalogue.categories (parent_id, "position");
COMMENT ON INDEX catalogue.idx_categories_parent IS 'The shelves below a shelf, in order.';

CREATE TABLE catalogue.products (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug varchar(120) NOT NULL,
    brand varchar(80),
    status catalogue.product_status NOT NULL DEFAULT 'draft',
    tax_class varchar(10) NOT NULL DEFAULT 'standard',
    tags text[] NOT NULL DEFAULT '{}',
    launched_on date,
    retired_on date,
    created_by uuid REFERENCES account.users (id) ON DELETE SET NULL,
    version integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT uq_products_slug UNIQUE (slug),
    CONSTRAINT chk_products_tax_class CHECK (tax_class IN ('standard', 'reduced', 'zero')),
    CONSTRAINT chk_products_launched CHECK (status = 'draft' OR launched_on IS NOT NULL),
    CONSTRAINT chk_products_retired CHECK (retired_on >= launched_on)
);
COMMENT ON TABLE catalogue.products IS
    'A thing that we sell, in all its variants. What can be put into a cart is a variant.';
COMMENT ON COLUMN catalogue.products.slug IS 'Part of the URL; does not change after launch.';
COMMENT ON COLUMN catalogue.products.brand IS 'Maker, where customers care about it.';
COMMENT ON COLUMN catalogue.products.status IS 'Draft until the launch, retired at the end.';
COMMENT ON COLUMN catalogue.products.tax_class IS
    'Which rate of value added tax applies: food is reduced in most countries.';
COMMENT ON COLUMN catalogue.products.tags IS 'Free words for filters: organic, decaf, gift.';
COMMENT ON COLUMN catalogue.products.launched_on IS 'First day on sale.';
COMMENT ON COLUMN catalogue.products.retired_on IS 'Last day on sale.';
COMMENT ON COLUMN catalogue.products.created_by IS 'The colleague who entered it.';
COMMENT ON COLUMN catalogue.products.version IS
    'Counts changes; the back office refuses to overwrite a newer version.';
COMMENT ON CONSTRAINT uq_products_slug ON catalogue.products IS 'One page per URL.';
COMMENT ON CONSTRAINT chk_products_launched ON catalogue.products IS 'Whatever is or was on sale has a first day.';
COMMENT ON CONSTRAINT chk_products_retired ON catalogue.products IS 'Retired after launch.';

CREATE INDEX idx_products_tags ON catalogue.products USING gin (tags) WITH (fastupdate = off);
CREATE INDEX idx_products_active ON catalogue.products (launched_on DESC) WHERE status = 'active';
CREATE INDEX idx_products_created_by ON catalogue.products (created_by);
COMMENT ON INDEX catalogue.idx_products_tags IS 'Filters of the product list.';
COMMENT ON INDEX catalogue.idx_products_active IS 'New arrivals.';

CREATE TABLE catalogue.product_translations (
    product_id bigint NOT NULL REFERENCES catalogue.products (id) ON DELETE CASCADE,
    language_code catalogue.language_code NOT NULL,
    name varchar(200) NOT NULL,
    description text NOT NULL DEFAULT '',
    search tsvector NOT NULL GENERATED ALWAYS AS (
        CASE WHEN language_code LIKE 'de%' THEN to_tsvector('pg_catalog.german', name || ' ' || description)
             ELSE to_tsvector('pg_catalog.english', name || ' ' || description) END) STORED,
    PRIMARY KEY (product_id, language_code),
    CONSTRAINT chk_product_translations_description CHECK (length(description) <= 20000)
);
COMMENT ON TABLE catalogue.product_translations IS
    'The words about a product, one row per language; English is always there.';
COMMENT ON COLUMN catalogue.product_translations.product_id IS 'The product described.';
COMMENT ON COLUMN catalogue.product_translations.language_code IS 'Language of this row.';
COMMENT ON COLUMN catalogue.product_translations.name IS 'Title of the product page.';
COMMENT ON COLUMN catalogue.product_translations.description IS 'Markdown; shown below the pictures.';
COMMENT ON COLUMN catalogue.product_translations.search IS
    'Words of name and description for the search box, stemmed for the language.';
COMMENT ON CONSTRAINT chk_product_translations_description ON catalogue.product_translations IS
    'Longer texts were always pasted by mistake.';

CREATE INDEX idx_product_translations_search ON catalogue.product_translations USING gin (search);
CREATE INDEX idx_product_translations_name ON catalogue.product_translations (lower(name) text_pattern_ops);
COMMENT ON INDEX catalogue.idx_product_translations_search IS 'The search box.';
COMMENT ON INDEX catalogue.idx_product_translations_name IS 'Suggestions while typing: LIKE ''esp%''.';

CREATE TABLE catalogue.product_categories (
    product_id bigint NOT NULL REFERENCES catalogue.products (id) ON DELETE CASCADE,
    category_id integer NOT NULL REFERENCES catalogue.categories (id) ON DELETE RESTRICT,
    is_primary boolean NOT NULL DEFAULT false,
    "position" smallint NOT NULL,
    PRIMARY KEY (product_id, category_id),
    CONSTRAINT uq_product_categories_position UNIQUE (category_id, "position") DEFERRABLE INITIALLY IMMEDIATE
);
COMMENT ON TABLE catalogue.product_categories IS 'Which product stands on which shelf, and where on it.';
COMMENT ON COLUMN catalogue.product_categories.product_id IS 'The product on the shelf.';
COMMENT ON COLUMN catalogue.product_categories.category_id IS 'The shelf.';
COMMENT ON COLUMN catalogue.product_categories.is_primary IS 'The shelf that the breadcrumbs of the product show.';
COMMENT ON COLUMN catalogue.product_categories."position" IS 'Place on the shelf, smallest first.';
COMMENT ON CONSTRAINT uq_product_categories_position ON catalogue.product_categories IS
    'One product per place; deferrable, so that two products can swap places.';

CREATE UNIQUE INDEX uq_product_categories_primary ON catalogue.product_categories (product_id) WHERE is_primary;
COMMENT ON INDEX catalogue.uq_product_categories_primary IS 'At most one primary shelf per product.';

CREATE TABLE catalogue.product_variants (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES catalogue.products (id) ON DELETE CASCADE,
    sku catalogue.sku NOT NULL,
    name varchar(100) NOT NULL,
    barcode varchar(14),
    attributes jsonb NOT NULL DEFAULT '{}',
    weight_grams integer NOT NULL,
    parcel catalogue.parcel_size,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT uq_product_variants_sku UNIQUE (sku),
    CONSTRAINT uq_product_variants_barcode UNIQUE (barcode),
    CONSTRAINT chk_product_variants_barcode CHECK (barcode ~ '^[0-9]{8,14}$'),
    CONSTRAINT chk_product_variants_weight CHECK (weight_grams > 0)
);
COMMENT ON TABLE catalogue.product_variants IS
    'A product in one size, grind or colour: what is priced, stocked and ordered.';
COMMENT ON COLUMN catalogue.product_variants.product_id IS 'The product that this is a variant of.';
COMMENT ON COLUMN catalogue.product_variants.sku IS 'On the shelf label and on every delivery note.';
COMMENT ON COLUMN catalogue.product_variants.name IS 'What distinguishes it: 250 g, whole beans.';
COMMENT ON COLUMN catalogue.product_variants.barcode IS 'GTIN of the maker; our own roasts have none.';
COMMENT ON COLUMN catalogue.product_variants.attributes IS
    'Properties for filters, keys by product group: {"grind": "espresso"}.';
COMMENT ON COLUMN catalogue.product_variants.weight_grams IS 'With packaging, for postage.';
COMMENT ON COLUMN catalogue.product_variants.parcel IS 'Outer measures, where the piece does not fit a standard box.';
COMMENT ON COLUMN catalogue.product_variants.is_active IS 'Can be ordered, provided that the product is active.';
COMMENT ON CONSTRAINT uq_product_variants_sku ON catalogue.product_variants IS
    'The warehouse knows variants by SKU only.';
COMMENT ON CONSTRAINT chk_product_variants_barcode ON catalogue.product_variants IS 'GTIN-8 to GTIN-14, digits only.';
COMMENT ON CONSTRAINT chk_product_variants_weight ON catalogue.product_variants IS
    'A weight of zero once made postage free.';

CREATE INDEX idx_product_variants_product_id ON catalogue.product_variants (product_id)
    INCLUDE (sku, name) WHERE is_active;
CREATE INDEX idx_product_variants_attributes ON catalogue.product_variants USING gin (attributes);
COMMENT ON INDEX catalogue.idx_product_variants_product_id IS 'The choices on a product page, from the index alone.';
COMMENT ON INDEX catalogue.idx_product_variants_attributes IS 'Filters by property.';

CREATE TABLE catalogue.prices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    variant_id bigint NOT NULL REFERENCES catalogue.product_variants (id) ON DELETE CASCADE,
    price_list_id smallint NOT NULL REFERENCES catalogue.price_lists (id) ON DELETE RESTRICT,
    amount catalogue.money_amount NOT NULL,
    valid_during daterange NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT chk_prices_valid_during CHECK (NOT isempty(valid_during) AND NOT lower_inf(valid_during)),
    CONSTRAINT ex_prices_one_at_a_time EXCLUDE USING gist (
        int8range(variant_id, variant_id, '[]') WITH &&,
        int4range(price_list_id, price_list_id, '[]') WITH &&,
        valid_during WITH &&)
);
COMMENT ON TABLE catalogue.prices IS
    'What a variant costs, on which list, from when to when. Prices are never changed, only succeeded.';
COMMENT ON COLUMN catalogue.prices.variant_id IS 'What is priced.';
COMMENT ON COLUMN catalogue.prices.price_list_id IS 'For whom, and in which currency.';
COMMENT ON COLUMN catalogue.prices.amount IS 'Price of one piece including tax, in the currency of the list.';
COMMENT ON COLUMN catalogue.prices.valid_during IS
    'Days on which the price holds; without an end until it is succeeded.';
COMMENT ON CONSTRAINT chk_prices_valid_during ON catalogue.prices IS 'Every price has a first day.';
COMMENT ON CONSTRAINT ex_prices_one_at_a_time ON catalogue.prices IS
    'One price per variant, list and day. Ranges of one element stand in for equality, which GiST has only with an'
    ' extension.';

CREATE INDEX idx_prices_variant ON catalogue.prices (variant_id, price_list_id) INCLUDE (amount);
COMMENT ON INDEX catalogue.idx_prices_variant IS 'What does it cost, on whichever list?';

CREATE TABLE catalogue.warehouses (
    id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code varchar(10) NOT NULL,
    name varchar(100) NOT NULL,
    country_code account.country_code NOT NULL
        REFERENCES account.countries (code) ON UPDATE CASCADE ON DELETE RESTRICT,
    location point,
    manager_id uuid REFERENCES account.users (id) ON DELETE SET NULL,
    is_active boolean NOT NULL DEFAULT true,
    CONSTRAINT uq_warehouses_code UNIQUE (code),
    CONSTRAINT chk_warehouses_code CHECK (code = upper(code))
);
COMMENT ON TABLE catalogue.warehouses IS 'Places where goods lie and from which parcels leave.';
COMMENT ON COLUMN catalogue.warehouses.code IS 'Printed on pick lists.';
COMMENT ON COLUMN catalogue.warehouses.name IS 'What people call it.';
COMMENT ON COLUMN catalogue.warehouses.country_code IS 'Where parcels leave from; decides customs papers.';
COMMENT ON COLUMN catalogue.warehouses.location IS 'Longitude and latitude.';
COMMENT ON COLUMN catalogue.warehouses.manager_id IS 'The colleague in charge.';
COMMENT ON COLUMN catalogue.warehouses.is_active IS 'Closed warehouses keep their history.';
COMMENT ON CONSTRAINT chk_warehouses_code ON catalogue.warehouses IS 'Capital letters.';

CREATE TABLE catalogue.inventory (
    warehouse_id smallint NOT NULL REFERENCES catalogue.warehouses (id) ON DELETE RESTRICT,
    variant_id bigint NOT NULL REFERENCES catalogue.product_variants (id) ON DELETE CASCADE,
    on_hand integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0,
    available integer GENERATED ALWAYS AS (on_hand - reserved) STORED,
    reorder_level integer NOT NULL DEFAULT 10,
    counted_on date,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (warehouse_id, variant_id),
    CONSTRAINT chk_inventory_on_hand CHECK (on_hand >= 0),
    CONSTRAINT chk_inventory_reserved CHECK (reserved BETWEEN 0 AND on_hand)
) WITH (fillfactor = 80);
COMMENT ON TABLE catalogue.inventory IS
    'How many pieces of a variant lie in a warehouse. Changes all day: leaves room in its pages.';
COMMENT ON COLUMN catalogue.inventory.on_hand IS 'Pieces on the shelf.';
COMMENT ON COLUMN catalogue.inventory.reserved IS 'Pieces promised to orders that are not packed yet.';
COMMENT ON COLUMN catalogue.inventory.available IS 'Pieces that can still be sold.';
COMMENT ON COLUMN catalogue.inventory.reorder_level IS 'Below this many available pieces purchasing is told.';
COMMENT ON COLUMN catalogue.inventory.counted_on IS 'Last stocktaking.';
COMMENT ON CONSTRAINT chk_inventory_on_hand ON catalogue.inventory IS 'A shelf cannot owe.';
COMMENT ON CONSTRAINT chk_inventory_reserved ON catalogue.inventory IS 'Only what is there can be promised.';

CREATE INDEX idx_inventory_variant ON catalogue.inventory (variant_id) INCLUDE (available);
CREATE INDEX idx_inventory_low ON catalogue.inventory (warehouse_id) WHERE on_hand - reserved < reorder_level;
COMMENT ON INDEX catalogue.idx_inventory_variant IS 'Is it in stock anywhere?';
COMMENT ON INDEX catalogue.idx_inventory_low IS 'The list that purchasing works through every morning.';

CREATE TABLE catalogue.reviews (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES account.users (id) ON DELETE CASCADE,
    product_id bigint NOT NULL REFERENCES catalogue.products (id) ON DELETE CASCADE,
    order_id uuid,
    order_line smallint,
    rating smallint NOT NULL,
    title varchar(120) NOT NULL,
    body text,
    status varchar(20) NOT NULL DEFAULT 'held',
    moderated_by uuid REFERENCES account.users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT uq_reviews_user_product UNIQUE (user_id, product_id),
    CONSTRAINT chk_reviews_rating CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT chk_reviews_status CHECK (status IN ('held', 'published', 'rejected'))
);
COMMENT ON TABLE catalogue.reviews IS 'What customers think of a product; published after a look by a colleague.';
COMMENT ON COLUMN catalogue.reviews.user_id IS 'Who wrote it.';
COMMENT ON COLUMN catalogue.reviews.product_id IS 'What it is about.';
COMMENT ON COLUMN catalogue.reviews.order_id IS
    'The order that proves the purchase, with order_line; both or neither.';
COMMENT ON COLUMN catalogue.reviews.order_line IS 'The line of that order.';
COMMENT ON COLUMN catalogue.reviews.rating IS 'Stars, one to five.';
COMMENT ON COLUMN catalogue.reviews.title IS 'Headline.';
COMMENT ON COLUMN catalogue.reviews.body IS 'The review, plain text.';
COMMENT ON COLUMN catalogue.reviews.status IS 'Held until a colleague has read it.';
COMMENT ON COLUMN catalogue.reviews.moderated_by IS 'The colleague who decided.';
COMMENT ON CONSTRAINT uq_reviews_user_product ON catalogue.reviews IS
    'One review per customer and product; a second one replaces the first.';
COMMENT ON CONSTRAINT chk_reviews_rating ON catalogue.reviews IS 'One to five stars.';

CREATE INDEX idx_reviews_published ON catalogue.reviews (product_id, created_at DESC)
    INCLUDE (rating) WHERE status = 'published';
COMMENT ON INDEX catalogue.idx_reviews_published IS 'Newest published reviews of a product, and its stars.';

CREATE TABLE catalogue.attachments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_type varchar(20) NOT NULL,
    subject_id bigint NOT NULL,
    file_name varchar(255) NOT NULL,
    media_type varchar(100) NOT NULL,
    byte_size bigint NOT NULL,
    content_hash bytea NOT NULL,
    uploaded_by uuid REFERENCES account.users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT chk_attachments_subject_type CHECK (subject_type IN ('product', 'review', 'refund')),
    CONSTRAINT chk_attachments_media_type CHECK (media_type ~ '^(image|application)/[a-z0-9.+-]+$'),
    CONSTRAINT chk_attachments_byte_size CHECK (byte_size > 0 AND byte_size <= 20971520)
);
COMMENT ON TABLE catalogue.attachments IS
    'Pictures and papers that belong to a product, a review or a refund; the files themselves lie in object storage.';
COMMENT ON COLUMN catalogue.attachments.subject_type IS 'The kind of thing it belongs to.';
COMMENT ON COLUMN catalogue.attachments.subject_id IS
    'The id of that thing in its own table; no foreign key can guard it.';
COMMENT ON COLUMN catalogue.attachments.file_name IS 'As uploaded; not used as a path.';
COMMENT ON COLUMN catalogue.attachments.media_type IS 'As detected, not as claimed.';
COMMENT ON COLUMN catalogue.attachments.byte_size IS 'At most 20 MiB.';
COMMENT ON COLUMN catalogue.attachments.content_hash IS 'SHA-256; names the file in object storage.';
COMMENT ON COLUMN catalogue.attachments.uploaded_by IS 'Who uploaded it.';
COMMENT ON CONSTRAINT chk_attachments_subject_type ON catalogue.attachments IS
    'Adding a kind is a migration, on purpose.';

CREATE INDEX idx_attachments_subject ON catalogue.attachments (subject_type, subject_id);
CREATE INDEX idx_attachments_content_hash ON catalogue.attachments USING hash (content_hash);
CREATE INDEX idx_attachments_uploaded_by ON catalogue.attachments (uploaded_by);
COMMENT ON INDEX catalogue.idx_attachments_subject IS 'Everything that belongs to a thing.';
COMMENT ON INDEX catalogue.idx_attachments_content_hash IS 'Has this file been uploaded before?';

-- ---------------------------------------------------------------------------------------------------------------
-- sales: from cart to delivery
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE sales.carts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid REFERENCES account.users (id) ON DELETE CASCADE,
    guest_token uuid,
    price_list_id smallint NOT NULL DEFAULT 1 REFERENCES catalogue.price_lists (id) ON DELETE SET DEFAULT,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT chk_carts_owner CHECK (num_nonnulls(user_id, guest_token) = 1)
);
COMMENT ON TABLE sales.carts IS 'What somebody is about to order. Empties itself after 30 days.';
COMMENT ON COLUMN sales.carts.user_id IS 'The customer, when signed in.';
COMMENT ON COLUMN sales.carts.guest_token IS 'The visitor, when not signed in.';
COMMENT ON COLUMN sales.carts.price_list_id IS 'The list that prices come from; retail when the list is retired.';
COMMENT ON CONSTRAINT chk_carts_owner ON sales.carts IS
    'A cart belongs to a customer or to a visitor, never to both.';

CREATE UNIQUE INDEX uq_carts_user_id ON sales.carts (user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX uq_carts_guest_token ON sales.carts (guest_token) WHERE guest_token IS NOT NULL;
CREATE INDEX idx_carts_price_list_id ON sales.carts (price_list_id);
CREATE INDEX idx_carts_updated_at ON sales.carts (updated_at);
COMMENT ON INDEX sales.uq_carts_user_id IS 'One cart per customer, on all devices.';
COMMENT ON INDEX sales.idx_carts_updated_at IS 'The nightly purge of forgotten carts.';

CREATE TABLE sales.cart_items (
    cart_id bigint NOT NULL REFERENCES sales.carts (id) ON DELETE CASCADE,
    variant_id bigint NOT NULL REFERENCES catalogue.product_variants (id) ON DELETE CASCADE,
    quantity catalogue.quantity NOT NULL,
    added_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (cart_id, variant_id)
);
COMMENT ON TABLE sales.cart_items IS 'What lies in a cart, and how many of it.';
COMMENT ON COLUMN sales.cart_items.cart_id IS 'The cart.';
COMMENT ON COLUMN sales.cart_items.variant_id IS 'What lies in it.';
COMMENT ON COLUMN sales.cart_items.quantity IS 'Putting the same thing in again adds to this.';

CREATE INDEX idx_cart_items_variant_id ON sales.cart_items (variant_id);
COMMENT ON INDEX sales.idx_cart_items_variant_id IS 'Whom to tell when something sells out.';

CREATE TABLE sales.orders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES account.users (id) ON DELETE RESTRICT,
    order_number varchar(20) NOT NULL DEFAULT sales.next_order_number(),
    status sales.order_status NOT NULL DEFAULT 'pending',
    currency_code catalogue.currency_code NOT NULL DEFAULT 'EUR'
        REFERENCES catalogue.currencies (code) ON UPDATE CASCADE ON DELETE RESTRICT,
    goods_amount catalogue.money_amount NOT NULL DEFAULT 0,
    shipping_amount catalogue.money_amount NOT NULL DEFAULT 0,
    discount_amount catalogue.money_amount NOT NULL DEFAULT 0,
    total_amount catalogue.money_amount GENERATED ALWAYS AS (goods_amount + shipping_amount - discount_amount) STORED,
    shipping_address jsonb,
    billing_address jsonb,
    customer_note varchar(1000),
    paid_at timestamptz,
    shipped_at timestamptz,
    delivered_at timestamptz,
    version integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT uq_orders_order_number UNIQUE (order_number),
    CONSTRAINT chk_orders_discount CHECK (discount_amount <= goods_amount + shipping_amount),
    CONSTRAINT chk_orders_shipped CHECK (status NOT IN ('shipped', 'delivered') OR shipped_at IS NOT NULL),
    CONSTRAINT chk_orders_delivered CHECK (delivered_at >= shipped_at),
    CONSTRAINT chk_orders_address CHECK (shipping_address ? 'city' AND shipping_address ? 'country_code')
);
COMMENT ON TABLE sales.orders IS 'An order placed by a customer, from the click to the doorstep.';
COMMENT ON COLUMN sales.orders.id IS 'Random, because it appears in links that customers see.';
COMMENT ON COLUMN sales.orders.user_id IS 'The customer.';
COMMENT ON COLUMN sales.orders.order_number IS 'Printed on the invoice and on the parcel.';
COMMENT ON COLUMN sales.orders.status IS 'How far it has come.';
COMMENT ON COLUMN sales.orders.currency_code IS 'Currency of every amount of this order.';
COMMENT ON COLUMN sales.orders.goods_amount IS 'Sum of the lines; kept by triggers on the lines.';
COMMENT ON COLUMN sales.orders.shipping_amount IS 'Postage and packing.';
COMMENT ON COLUMN sales.orders.discount_amount IS 'Sum of the coupons.';
COMMENT ON COLUMN sales.orders.total_amount IS 'What the customer pays.';
COMMENT ON COLUMN sales.orders.shipping_address IS 'Copy of the address at the time of the order.';
COMMENT ON COLUMN sales.orders.billing_address IS 'Copy of the address on the invoice; empty when it is the same.';
COMMENT ON COLUMN sales.orders.customer_note IS 'For the packer: "please ring twice".';
COMMENT ON COLUMN sales.orders.paid_at IS 'When the whole amount had arrived.';
COMMENT ON COLUMN sales.orders.shipped_at IS 'When the last parcel left.';
COMMENT ON COLUMN sales.orders.delivered_at IS 'When the last parcel arrived.';
COMMENT ON COLUMN sales.orders.version IS 'Counts changes; the application refuses to overwrite a newer version.';
COMMENT ON COLUMN sales.orders.created_at IS 'When the customer clicked.';
COMMENT ON COLUMN sales.orders.updated_at IS 'When the row last changed.';
COMMENT ON CONSTRAINT uq_orders_order_number ON sales.orders IS 'Customers name an order by it on the telephone.';
COMMENT ON CONSTRAINT chk_orders_discount ON sales.orders IS 'No order earns the customer money.';
COMMENT ON CONSTRAINT chk_orders_shipped ON sales.orders IS 'What is on its way has left.';
COMMENT ON CONSTRAINT chk_orders_delivered ON sales.orders IS 'Delivered after shipped.';
COMMENT ON CONSTRAINT chk_orders_address ON sales.orders IS 'The least that the parcel service needs.';

CREATE INDEX idx_orders_user_id ON sales.orders (user_id);
CREATE INDEX idx_orders_user_status ON sales.orders (user_id, status);
CREATE INDEX idx_orders_created_at ON sales.orders (created_at DESC);
CREATE INDEX idx_orders_open ON sales.orders (created_at) WHERE status IN ('pending', 'processing');
CREATE INDEX idx_orders_currency_code ON sales.orders (currency_code);
CREATE INDEX idx_orders_destination ON sales.orders ((shipping_address ->> 'country_code'), created_at);
COMMENT ON INDEX sales.idx_orders_user_id IS 'The orders of a customer.';
COMMENT ON INDEX sales.idx_orders_user_status IS 'The open orders of a customer.';
COMMENT ON INDEX sales.idx_orders_created_at IS 'Recent orders first.';
COMMENT ON INDEX sales.idx_orders_open IS 'The work of today, oldest first.';
COMMENT ON INDEX sales.idx_orders_destination IS 'Tax report by country.';

CREATE TABLE sales.shipments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES sales.orders (id) ON DELETE RESTRICT,
    warehouse_id smallint NOT NULL REFERENCES catalogue.warehouses (id) ON DELETE RESTRICT,
    carrier varchar(40) NOT NULL,
    tracking_number varchar(40),
    status sales.shipment_status NOT NULL DEFAULT 'packed',
    weight_grams integer,
    packed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    shipped_at timestamptz,
    delivered_at timestamptz,
    CONSTRAINT uq_shipments_id_order UNIQUE (id, order_id),
    CONSTRAINT uq_shipments_tracking UNIQUE (carrier, tracking_number),
    CONSTRAINT chk_shipments_weight CHECK (weight_grams > 0),
    CONSTRAINT chk_shipments_order_of_events CHECK (shipped_at >= packed_at AND delivered_at >= shipped_at)
);
COMMENT ON TABLE sales.shipments IS 'A parcel. An order may need several, a parcel never holds two orders.';
COMMENT ON COLUMN sales.shipments.order_id IS 'The order that is (partly) in it.';
COMMENT ON COLUMN sales.shipments.warehouse_id IS 'Where it was packed.';
COMMENT ON COLUMN sales.shipments.carrier IS 'Who carries it.';
COMMENT ON COLUMN sales.shipments.tracking_number IS 'Number at the carrier; arrives some minutes after packing.';
COMMENT ON COLUMN sales.shipments.status IS 'Where it is.';
COMMENT ON COLUMN sales.shipments.weight_grams IS 'As weighed.';
COMMENT ON COLUMN sales.shipments.packed_at IS 'When the box was closed.';
COMMENT ON COLUMN sales.shipments.shipped_at IS 'When the carrier took it.';
COMMENT ON COLUMN sales.shipments.delivered_at IS 'When the carrier says it arrived.';
COMMENT ON CONSTRAINT uq_shipments_id_order ON sales.shipments IS
    'Target of the lines: lets them prove that parcel and line belong to the same order.';
COMMENT ON CONSTRAINT uq_shipments_tracking ON sales.shipments IS
    'Carriers reuse numbers of each other, not their own.';
COMMENT ON CONSTRAINT chk_shipments_order_of_events ON sales.shipments IS 'Packed, shipped, delivered.';

CREATE INDEX idx_shipments_order_id ON sales.shipments (order_id);
CREATE INDEX idx_shipments_on_the_way ON sales.shipments (shipped_at) WHERE status = 'in_transit';
COMMENT ON INDEX sales.idx_shipments_order_id IS 'The parcels of an order.';
COMMENT ON INDEX sales.idx_shipments_on_the_way IS 'Parcels to ask the carrier about.';

CREATE TABLE sales.order_items (
    order_id uuid NOT NULL REFERENCES sales.orders (id) ON DELETE CASCADE,
    line_number smallint NOT NULL,
    variant_id bigint NOT NULL REFERENCES catalogue.product_variants (id) ON DELETE RESTRICT,
    product_name varchar(200) NOT NULL,
    quantity catalogue.quantity NOT NULL,
    unit_price catalogue.money_amount NOT NULL,
    tax_rate catalogue.percentage NOT NULL,
    line_amount catalogue.money_amount GENERATED ALWAYS AS (quantity * unit_price) STORED,
    shipment_id bigint,
    PRIMARY KEY (order_id, line_number),
    CONSTRAINT chk_order_items_line_number CHECK (line_number > 0),
    CONSTRAINT order_items_shipment_fkey FOREIGN KEY (shipment_id, order_id)
        REFERENCES sales.shipments (id, order_id) ON DELETE NO ACTION
);
COMMENT ON TABLE sales.order_items IS
    'The lines of an order. Name and price are copies: what was agreed does not change with the catalogue.';
COMMENT ON COLUMN sales.order_items.order_id IS 'The order.';
COMMENT ON COLUMN sales.order_items.line_number IS 'Counts from one within the order.';
COMMENT ON COLUMN sales.order_items.variant_id IS 'What was ordered.';
COMMENT ON COLUMN sales.order_items.product_name IS 'What it was called, in the language of the customer.';
COMMENT ON COLUMN sales.order_items.quantity IS 'How many pieces.';
COMMENT ON COLUMN sales.order_items.unit_price IS 'Price of one piece including tax, in the currency of the order.';
COMMENT ON COLUMN sales.order_items.tax_rate IS 'Rate of value added tax at the time of the order.';
COMMENT ON COLUMN sales.order_items.line_amount IS 'Price of the line.';
COMMENT ON COLUMN sales.order_items.shipment_id IS 'The parcel that it left in; empty until packed.';
COMMENT ON CONSTRAINT order_items_shipment_fkey ON sales.order_items IS 'A line leaves in a parcel of its own order.';

CREATE INDEX idx_order_items_variant_id ON sales.order_items (variant_id) INCLUDE (quantity);
CREATE INDEX idx_order_items_shipment ON sales.order_items (shipment_id, order_id);
COMMENT ON INDEX sales.idx_order_items_variant_id IS 'Best sellers; also keeps variants that were ever ordered.';
COMMENT ON INDEX sales.idx_order_items_shipment IS 'Contents of a parcel.';

-- A review may prove its purchase, or not: half a proof is refused.
ALTER TABLE catalogue.reviews
    ADD CONSTRAINT reviews_order_item_fkey FOREIGN KEY (order_id, order_line)
    REFERENCES sales.order_items (order_id, line_number) MATCH FULL ON DELETE SET NULL;
CREATE INDEX idx_reviews_order_item ON catalogue.reviews (order_id, order_line);
COMMENT ON CONSTRAINT reviews_order_item_fkey ON catalogue.reviews IS
    'Both columns or neither; a review outlives the order.';

CREATE TABLE sales.order_status_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES sales.orders (id) ON DELETE CASCADE,
    old_status sales.order_status,
    new_status sales.order_status NOT NULL,
    changed_by uuid REFERENCES account.users (id) ON DELETE SET NULL,
    reason varchar(200),
    changed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT chk_order_status_changes_differ CHECK (old_status IS DISTINCT FROM new_status)
);
COMMENT ON TABLE sales.order_status_changes IS 'Every step of every order. Rows are only ever added.';
COMMENT ON COLUMN sales.order_status_changes.order_id IS 'The order.';
COMMENT ON COLUMN sales.order_status_changes.old_status IS 'Empty for the first step.';
COMMENT ON COLUMN sales.order_status_changes.new_status IS 'The step taken.';
COMMENT ON COLUMN sales.order_status_changes.changed_by IS 'The colleague or customer; empty when the system did it.';
COMMENT ON COLUMN sales.order_status_changes.reason IS 'Why, where somebody said so.';
COMMENT ON COLUMN sales.order_status_changes.changed_at IS 'When.';
COMMENT ON CONSTRAINT chk_order_status_changes_differ ON sales.order_status_changes IS
    'Standing still is not a step.';

CREATE INDEX idx_order_status_changes_order ON sales.order_status_changes (order_id, changed_at);
CREATE INDEX idx_order_status_changes_changed_by ON sales.order_status_changes (changed_by)
    WHERE changed_by IS NOT NULL;
CREATE INDEX idx_order_status_changes_changed_at ON sales.order_status_changes
    USING brin (changed_at) WITH (pages_per_range = 32);
COMMENT ON INDEX sales.idx_order_status_changes_order IS 'The story of an order.';
COMMENT ON INDEX sales.idx_order_status_changes_changed_at IS 'Reports by day; rows arrive in this order.';

CREATE TABLE sales.payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES sales.orders (id) ON DELETE RESTRICT,
    method varchar(20) NOT NULL,
    status sales.payment_status NOT NULL DEFAULT 'authorised',
    amount catalogue.money_amount NOT NULL,
    currency_code catalogue.currency_code NOT NULL
        REFERENCES catalogue.currencies (code) ON UPDATE CASCADE ON DELETE RESTRICT,
    provider varchar(40) NOT NULL,
    provider_reference varchar(100) NOT NULL,
    card_last_four varchar(4),
    provider_response jsonb,
    authorised_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    captured_at timestamptz,
    CONSTRAINT uq_payments_reference UNIQUE (provider, provider_reference),
    CONSTRAINT chk_payments_method CHECK (method IN ('card', 'wallet', 'transfer', 'invoice')),
    CONSTRAINT chk_payments_card CHECK (card_last_four IS NULL OR (method = 'card' AND card_last_four ~ '^[0-9]{4}$')),
    CONSTRAINT chk_payments_captured CHECK ((status = 'captured') = (captured_at IS NOT NULL))
);
COMMENT ON TABLE sales.payments IS 'Attempts to pay an order. Card data stays with the payment provider.';
COMMENT ON COLUMN sales.payments.order_id IS 'The order paid for.';
COMMENT ON COLUMN sales.payments.method IS 'How the customer pays.';
COMMENT ON COLUMN sales.payments.status IS 'What the provider last told us.';
COMMENT ON COLUMN sales.payments.amount IS 'Amount of this attempt.';
COMMENT ON COLUMN sales.payments.currency_code IS 'The currency of the order, repeated for the provider.';
COMMENT ON COLUMN sales.payments.provider IS 'Who handles the payment.';
COMMENT ON COLUMN sales.payments.provider_reference IS 'Its number there.';
COMMENT ON COLUMN sales.payments.card_last_four IS
    'So that customers recognise the card; nothing more of it is kept.';
COMMENT ON COLUMN sales.payments.provider_response IS 'The last message of the provider, for disputes.';
COMMENT ON COLUMN sales.payments.captured_at IS 'When the money was ours.';
COMMENT ON CONSTRAINT uq_payments_reference ON sales.payments IS 'Messages of a provider are handled once.';
COMMENT ON CONSTRAINT chk_payments_card ON sales.payments IS 'Four digits, and only of cards.';
COMMENT ON CONSTRAINT chk_payments_captured ON sales.payments IS 'Captured payments have a date, others have none.';

CREATE INDEX idx_payments_order_id ON sales.payments (order_id);
CREATE INDEX idx_payments_currency_code ON sales.payments (currency_code);
CREATE INDEX idx_payments_to_capture ON sales.payments (authorised_at) WHERE status = 'authorised';
COMMENT ON INDEX sales.idx_payments_order_id IS 'The payments of an order.';
COMMENT ON INDEX sales.idx_payments_to_capture IS 'Money to collect before the authorisation lapses.';

CREATE TABLE sales.refunds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id bigint NOT NULL REFERENCES sales.payments (id) ON DELETE RESTRICT,
    amount catalogue.money_amount NOT NULL,
    reason varchar(20) NOT NULL,
    note varchar(500),
    approved_by uuid NOT NULL REFERENCES account.users (id) ON DELETE RESTRICT,
    requested_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    refunded_at timestamptz,
    CONSTRAINT chk_refunds_amount CHECK (amount > 0),
    CONSTRAINT chk_refunds_reason CHECK (reason IN ('cancelled', 'returned', 'damaged', 'goodwill'))
);
COMMENT ON TABLE sales.refunds IS 'Money that goes back to the customer.';
COMMENT ON COLUMN sales.refunds.payment_id IS 'The payment that it goes back on.';
COMMENT ON COLUMN sales.refunds.amount IS 'In the currency of the payment.';
COMMENT ON COLUMN sales.refunds.reason IS 'For the quality report.';
COMMENT ON COLUMN sales.refunds.note IS 'What support wants the bookkeeper to know.';
COMMENT ON COLUMN sales.refunds.approved_by IS 'The colleague who agreed; four eyes above 200 euros.';
COMMENT ON COLUMN sales.refunds.requested_at IS 'When the customer asked.';
COMMENT ON COLUMN sales.refunds.refunded_at IS 'When the provider confirmed.';
COMMENT ON CONSTRAINT chk_refunds_amount ON sales.refunds IS 'An empty refund is a mistake.';

CREATE INDEX idx_refunds_payment_id ON sales.refunds (payment_id);
CREATE INDEX idx_refunds_approved_by ON sales.refunds (approved_by);
COMMENT ON INDEX sales.idx_refunds_payment_id IS 'What has gone back on a payment.';

CREATE TABLE sales.coupons (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code varchar(30) NOT NULL,
    percent_off catalogue.percentage,
    amount_off catalogue.money_amount,
    product_id bigint REFERENCES catalogue.products (id) ON DELETE CASCADE,
    category_id integer REFERENCES catalogue.categories (id) ON DELETE CASCADE,
    valid_during tstzrange NOT NULL,
    max_uses integer,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT uq_coupons_code UNIQUE (code),
    CONSTRAINT chk_coupons_code CHECK (code ~ '^[A-Z0-9]{4,30}$'),
    CONSTRAINT chk_coupons_value CHECK (num_nonnulls(percent_off, amount_off) = 1),
    CONSTRAINT chk_coupons_scope CHECK (num_nonnulls(product_id, category_id) <= 1),
    CONSTRAINT chk_coupons_max_uses CHECK (max_uses > 0)
);
COMMENT ON TABLE sales.coupons IS 'Codes that make an order cheaper.';
COMMENT ON COLUMN sales.coupons.code IS 'What the customer types, in capital letters.';
COMMENT ON COLUMN sales.coupons.percent_off IS 'Part of the price taken off, or else amount_off.';
COMMENT ON COLUMN sales.coupons.amount_off IS 'Euros taken off, or else percent_off.';
COMMENT ON COLUMN sales.coupons.product_id IS 'Only for this product.';
COMMENT ON COLUMN sales.coupons.category_id IS 'Only for products of this category.';
COMMENT ON COLUMN sales.coupons.valid_during IS 'When it can be used.';
COMMENT ON COLUMN sales.coupons.max_uses IS 'How often, over all customers; empty means any number.';
COMMENT ON CONSTRAINT uq_coupons_code ON sales.coupons IS 'A code means one thing.';
COMMENT ON CONSTRAINT chk_coupons_value ON sales.coupons IS 'A part or an amount, exactly one of them.';
COMMENT ON CONSTRAINT chk_coupons_scope ON sales.coupons IS 'For a product, for a category, or for everything.';

CREATE INDEX idx_coupons_code ON sales.coupons (code);
CREATE INDEX idx_coupons_product_id ON sales.coupons (product_id) WHERE product_id IS NOT NULL;
CREATE INDEX idx_coupons_category_id ON sales.coupons (category_id) WHERE category_id IS NOT NULL;
CREATE INDEX idx_coupons_valid_during ON sales.coupons USING gist (valid_during);
COMMENT ON INDEX sales.idx_coupons_code IS 'Check a code at checkout.';
COMMENT ON INDEX sales.idx_coupons_valid_during IS 'Which coupons are valid now?';

CREATE TABLE sales.order_coupons (
    order_id uuid NOT NULL REFERENCES sales.orders (id) ON DELETE CASCADE,
    coupon_id integer NOT NULL REFERENCES sales.coupons (id) ON DELETE RESTRICT,
    discount_amount catalogue.money_amount NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (order_id, coupon_id)
);
COMMENT ON TABLE sales.order_coupons IS 'Which coupons an order used, and what each was worth.';
COMMENT ON COLUMN sales.order_coupons.order_id IS 'The order made cheaper.';
COMMENT ON COLUMN sales.order_coupons.coupon_id IS 'The coupon used.';
COMMENT ON COLUMN sales.order_coupons.discount_amount IS 'In the currency of the order.';

CREATE INDEX idx_order_coupons_coupon_id ON sales.order_coupons (coupon_id);
COMMENT ON INDEX sales.idx_order_coupons_coupon_id IS 'How often has a coupon been used?';

CREATE TABLE sales.legacy_orders (
    id serial PRIMARY KEY,
    customer_name varchar(200),
    customer_email varchar(255),
    phone1 varchar(30),
    phone2 varchar(30),
    phone3 varchar(30),
    address text,
    items text,
    total double precision,
    status integer,
    ordered timestamp
);

-- ---------------------------------------------------------------------------------------------------------------
-- audit: who changed what
-- ---------------------------------------------------------------------------------------------------------------

CREATE TABLE audit.audit_log (
    id bigserial,
    table_name varchar(127) NOT NULL,
    record_id text NOT NULL,
    operation varchar(10) NOT NULL,
    old_values jsonb,
    new_values jsonb,
    changed_by uuid REFERENCES account.users (id),
    database_role name NOT NULL DEFAULT SESSION_USER,
    changed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id, changed_at),
    CONSTRAINT chk_audit_log_operation CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE')),
    CONSTRAINT chk_audit_log_values CHECK (num_nonnulls(old_values, new_values) > 0)
) PARTITION BY RANGE (changed_at);
COMMENT ON TABLE audit.audit_log IS
    'Every change of accounts, roles, prices and orders. One partition per month, detached and archived after a year.';
COMMENT ON COLUMN audit.audit_log.id IS 'Order of arrival.';
COMMENT ON COLUMN audit.audit_log.table_name IS 'Schema and table.';
COMMENT ON COLUMN audit.audit_log.record_id IS 'Key of the row, as text.';
COMMENT ON COLUMN audit.audit_log.operation IS 'What was done.';
COMMENT ON COLUMN audit.audit_log.old_values IS 'The row before, without secrets.';
COMMENT ON COLUMN audit.audit_log.new_values IS 'The row after, without secrets.';
COMMENT ON COLUMN audit.audit_log.changed_by IS 'The user of the application.';
COMMENT ON COLUMN audit.audit_log.database_role IS 'The role that was connected.';
COMMENT ON COLUMN audit.audit_log.changed_at IS 'When; also decides the partition.';
COMMENT ON CONSTRAINT chk_audit_log_operation ON audit.audit_log IS
    'Truncating an audited table is not possible for the application.';
COMMENT ON CONSTRAINT chk_audit_log_values ON audit.audit_log IS 'There is always a row before or a row after.';

CREATE INDEX idx_audit_log_record ON audit.audit_log (table_name, record_id, changed_at DESC);
CREATE INDEX idx_audit_log_changed_by ON audit.audit_log (changed_by) WHERE changed_by IS NOT NULL;
CREATE INDEX idx_audit_log_changed_at ON audit.audit_log USING brin (changed_at);
COMMENT ON INDEX audit.idx_audit_log_record IS 'The story of one row, newest first.';
COMMENT ON INDEX audit.idx_audit_log_changed_by IS 'Everything that somebody did.';
COMMENT ON INDEX audit.idx_audit_log_changed_at IS 'Reports by day, almost free.';

CREATE TABLE audit.audit_log_2026_08 PARTITION OF audit.audit_log
    FOR VALUES FROM ('2026-08-01 00:00+00') TO ('2026-09-01 00:00+00');
CREATE TABLE audit.audit_log_2026_09 PARTITION OF audit.audit_log
    FOR VALUES FROM ('2026-09-01 00:00+00') TO ('2026-10-01 00:00+00');
CREATE TABLE audit.audit_log_2026_10 PARTITION OF audit.audit_log
    FOR VALUES FROM ('2026-10-01 00:00+00') TO ('2026-11-01 00:00+00');
CREATE TABLE audit.audit_log_2026_11 PARTITION OF audit.audit_log
    FOR VALUES FROM ('2026-11-01 00:00+00') TO ('2026-12-01 00:00+00');
CREATE TABLE audit.audit_log_default PARTITION OF audit.audit_log DEFAULT;
COMMENT ON TABLE audit.audit_log_2026_08 IS 'Changes of August 2026.';
COMMENT ON TABLE audit.audit_log_2026_09 IS 'Changes of September 2026.';
COMMENT ON TABLE audit.audit_log_2026_10 IS 'Changes of October 2026.';
COMMENT ON TABLE audit.audit_log_2026_11 IS 'Changes of November 2026.';
COMMENT ON TABLE audit.audit_log_default IS 'Changes that no month is ready for; must stay empty.';

-- The bookkeeping of the migration tool, as the tool creates it.
CREATE TABLE audit.flyway_schema_history (
    installed_rank integer NOT NULL,
    version varchar(50),
    description varchar(200) NOT NULL,
    type varchar(20) NOT NULL,
    script varchar(1000) NOT NULL,
    checksum integer,
    installed_by varchar(100) NOT NULL,
    installed_on timestamp NOT NULL DEFAULT now(),
    execution_time integer NOT NULL,
    success boolean NOT NULL,
    CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank)
);
CREATE INDEX flyway_schema_history_s_idx ON audit.flyway_schema_history (success);

-- ---------------------------------------------------------------------------------------------------------------
-- Views
-- ---------------------------------------------------------------------------------------------------------------

CREATE VIEW catalogue.current_prices AS
    SELECT price.variant_id, list.code AS price_list, list.currency_code, price.amount,
           lower(price.valid_during) AS valid_from
    FROM catalogue.prices AS price
    JOIN catalogue.price_lists AS list ON list.id = price.price_list_id
    WHERE price.valid_during @> CURRENT_DATE;
COMMENT ON VIEW catalogue.current_prices IS 'The price of every variant on every list today.';
COMMENT ON COLUMN catalogue.current_prices.price_list IS 'Code of the list.';
COMMENT ON COLUMN catalogue.current_prices.valid_from IS 'First day of this price.';

CREATE MATERIALIZED VIEW catalogue.product_ratings AS
    SELECT product_id, count(*) AS review_count, round(avg(rating), 2) AS average_rating,
           max(created_at) AS latest_review_at
    FROM catalogue.reviews
    WHERE status = 'published'
    GROUP BY product_id
    WITH NO DATA;
COMMENT ON MATERIALIZED VIEW catalogue.product_ratings IS
    'Stars of every product; refreshed every ten minutes, without blocking readers.';
COMMENT ON COLUMN catalogue.product_ratings.average_rating IS 'Between 1 and 5, two decimals.';

CREATE UNIQUE INDEX uq_product_ratings_product_id ON catalogue.product_ratings (product_id);
CREATE INDEX idx_product_ratings_best ON catalogue.product_ratings (average_rating DESC, review_count DESC);
COMMENT ON INDEX catalogue.uq_product_ratings_product_id IS 'Needed to refresh concurrently.';
COMMENT ON INDEX catalogue.idx_product_ratings_best IS 'Sort by stars.';

CREATE VIEW catalogue.product_listing AS
    SELECT product.id AS product_id, product.slug, words.language_code, words.name, product.brand,
           price.price_list, price.currency_code, min(price.amount) AS price_from,
           coalesce(rating.average_rating, 0) AS stars, coalesce(rating.review_count, 0) AS reviews
    FROM catalogue.products AS product
    JOIN catalogue.product_translations AS words ON words.product_id = product.id
    JOIN catalogue.product_variants AS variant ON variant.product_id = product.id AND variant.is_active
    JOIN catalogue.current_prices AS price ON price.variant_id = variant.id
    LEFT JOIN catalogue.product_ratings AS rating ON rating.product_id = product.id
    WHERE product.status = 'active'
    GROUP BY product.id, product.slug, words.language_code, words.name, product.brand,
             price.price_list, price.currency_code, rating.average_rating, rating.review_count;
COMMENT ON VIEW catalogue.product_listing IS
    'What a list of products shows: name, lowest price and stars, per language and price list.';
COMMENT ON COLUMN catalogue.product_listing.price_from IS 'The cheapest variant.';
COMMENT ON COLUMN catalogue.product_listing.stars IS 'Zero while nobody has written a review.';

CREATE VIEW sales.order_totals WITH (security_barrier = true) AS
    SELECT ordered.id AS order_id, ordered.order_number, ordered.status, ordered.created_at, ordered.currency_code,
           ordered.total_amount, coalesce(paid.amount, 0) AS paid_amount, coalesce(paid.refunded, 0) AS refunded_amount,
           CASE WHEN ordered.status = 'cancelled' THEN 0
                ELSE greatest(ordered.total_amount - coalesce(paid.amount, 0), 0) END AS due_amount
    FROM sales.orders AS ordered
    LEFT JOIN LATERAL (
        SELECT sum(payment.amount) AS amount, sum(back.amount) AS refunded
        FROM sales.payments AS payment
        LEFT JOIN LATERAL (
            SELECT sum(refund.amount) AS amount FROM sales.refunds AS refund WHERE refund.payment_id = payment.id
        ) AS back ON true
        WHERE payment.order_id = ordered.id AND payment.status = 'captured'
    ) AS paid ON true;
COMMENT ON VIEW sales.order_totals IS
    'What every order costs, what has been paid, what went back, and what is still due. Reads with the rights of its'
    ' owner: the row security of orders does not apply.';
COMMENT ON COLUMN sales.order_totals.due_amount IS 'Still to be paid; nothing for cancelled orders.';

CREATE VIEW sales.open_orders AS
    SELECT total.order_id, total.order_number, total.status, total.created_at, total.due_amount, total.currency_code,
           count(item.line_number) AS lines,
           count(item.line_number) FILTER (WHERE item.shipment_id IS NULL) AS lines_to_pack
    FROM sales.order_totals AS total
    JOIN sales.order_items AS item ON item.order_id = total.order_id
    WHERE total.status IN ('pending', 'processing')
    GROUP BY total.order_id, total.order_number, total.status, total.created_at, total.due_amount, total.currency_code;
COMMENT ON VIEW sales.open_orders IS 'The work of today: what waits for money, and what waits to be packed.';
COMMENT ON COLUMN sales.open_orders.lines_to_pack IS 'Lines that are in no parcel yet.';

CREATE MATERIALIZED VIEW sales.daily_revenue AS
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, currency_code, count(*) AS orders, sum(total_amount) AS revenue
    FROM sales.orders
    WHERE status <> 'cancelled'
    GROUP BY 1, 2
    WITH NO DATA;
COMMENT ON MATERIALIZED VIEW sales.daily_revenue IS 'Orders and revenue per day and currency; refreshed every night.';
COMMENT ON COLUMN sales.daily_revenue.day IS 'Day of the order in UTC.';

CREATE UNIQUE INDEX uq_daily_revenue_day ON sales.daily_revenue (day, currency_code);
COMMENT ON INDEX sales.uq_daily_revenue_day IS 'Needed to refresh concurrently.';

-- ---------------------------------------------------------------------------------------------------------------
-- Functions and procedures
-- ---------------------------------------------------------------------------------------------------------------

CREATE FUNCTION catalogue.price_at(wanted_variant bigint, wanted_list smallint, on_day date DEFAULT CURRENT_DATE)
    RETURNS catalogue.money_amount
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT amount FROM catalogue.prices
        WHERE variant_id = wanted_variant AND price_list_id = wanted_list AND valid_during @> on_day
    $$;
COMMENT ON FUNCTION catalogue.price_at(bigint, smallint, date) IS
    'What a variant cost on a day; NULL if it had no price.';

CREATE FUNCTION catalogue.reserve_stock(wanted_variant bigint, pieces catalogue.quantity) RETURNS smallint
    LANGUAGE plpgsql
    AS $$
DECLARE
    found_in smallint;
BEGIN
    SELECT warehouse_id INTO found_in
    FROM catalogue.inventory
    WHERE variant_id = wanted_variant AND available >= pieces
    ORDER BY available DESC, warehouse_id
    LIMIT 1
    FOR UPDATE;

    IF found_in IS NULL THEN
        RAISE EXCEPTION 'no warehouse has % pieces of variant %', pieces, wanted_variant
            USING ERRCODE = 'no_data_found', HINT = 'Offer fewer pieces, or a date of delivery.';
    END IF;

    UPDATE catalogue.inventory SET reserved = reserved + pieces
    WHERE warehouse_id = found_in AND variant_id = wanted_variant;
    RETURN found_in;
END
$$;
COMMENT ON FUNCTION catalogue.reserve_stock(bigint, catalogue.quantity) IS
    'Promises pieces of a variant to an order, in the warehouse that has most of it, and returns that warehouse.';

CREATE FUNCTION sales.best_sellers(since date, at_most integer DEFAULT 10)
    RETURNS TABLE (product_id bigint, pieces bigint, revenue numeric)
    LANGUAGE sql STABLE ROWS 10
    AS $$
        SELECT variant.product_id, sum(item.quantity), sum(item.line_amount)
        FROM sales.order_items AS item
        JOIN sales.orders AS ordered ON ordered.id = item.order_id
        JOIN catalogue.product_variants AS variant ON variant.id = item.variant_id
        WHERE ordered.created_at >= since AND ordered.status <> 'cancelled'
        GROUP BY variant.product_id
        ORDER BY 2 DESC, 1
        LIMIT at_most
    $$;
COMMENT ON FUNCTION sales.best_sellers(date, integer) IS
    'Products by pieces sold since a day, best first. Adds up all currencies.';

CREATE PROCEDURE sales.cancel_order(cancelled_order uuid, why text DEFAULT NULL)
    LANGUAGE plpgsql
    AS $$
DECLARE
    current_status sales.order_status;
BEGIN
    SELECT status INTO current_status FROM sales.orders WHERE id = cancelled_order FOR UPDATE;
    IF current_status IS NULL THEN
        RAISE EXCEPTION 'there is no order %', cancelled_order USING ERRCODE = 'no_data_found';
    ELSIF current_status NOT IN ('pending', 'processing') THEN
        RAISE EXCEPTION 'order % is %', cancelled_order, current_status
            USING ERRCODE = 'check_violation',
                  HINT = 'Only orders that have not left can be cancelled; refund it instead.';
    END IF;

    UPDATE sales.payments SET status = 'voided' WHERE order_id = cancelled_order AND status = 'authorised';
    PERFORM set_config('shop.reason', coalesce(why, ''), true);
    UPDATE sales.orders SET status = 'cancelled' WHERE id = cancelled_order;
END
$$;
COMMENT ON PROCEDURE sales.cancel_order(uuid, text) IS
    'Cancels an order that has not left yet, and lets go of the money that was set aside.';

CREATE FUNCTION account.erase_personal_data(erased_user uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    UPDATE account.users
    SET email = 'erased-' || id || '@example.invalid', password_hash = '', first_name = 'Erased',
        last_name = 'Customer', email_verified = false, default_address_id = NULL
    WHERE id = erased_user AND deleted_at < now() - interval '30 days';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM account.addresses WHERE user_id = erased_user;
    DELETE FROM account.user_profiles WHERE user_id = erased_user;
    DELETE FROM account.sessions WHERE user_id = erased_user;
    RETURN true;
END
$$;
COMMENT ON FUNCTION account.erase_personal_data(uuid) IS
    'Forgets who the owner of a closed account was; orders stay, without a person. False while the 30 days are not'
    ' over.';

CREATE PROCEDURE audit.add_month(any_day date)
    LANGUAGE plpgsql
    AS $$
DECLARE
    first_day date := date_trunc('month', any_day)::date;
    partition_name text := 'audit_log_' || to_char(any_day, 'YYYY_MM');
BEGIN
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS audit.%I PARTITION OF audit.audit_log FOR VALUES FROM (%L) TO (%L)',
        partition_name, first_day || ' 00:00+00', (first_day + interval '1 month')::date || ' 00:00+00');
END
$$;
COMMENT ON PROCEDURE audit.add_month(date) IS
    'Makes the partition of a month; the scheduler calls it for the month after next.';

-- Trigger functions

CREATE FUNCTION audit.touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION audit.touch_updated_at() IS 'Sets updated_at to the time of the change.';

CREATE FUNCTION audit.count_version() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION audit.count_version() IS 'Counts the changes of a row, for optimistic locking.';

CREATE FUNCTION audit.record_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - 'password_hash' END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - 'password_hash' END;
BEGIN
    INSERT INTO audit.audit_log (table_name, record_id, operation, old_values, new_values, changed_by)
    VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, coalesce(after, before) ->> TG_ARGV[0], TG_OP,
            before, after, account.current_user_id());
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION audit.record_change() IS
    'Writes a change into the audit log, without secrets. The argument of the trigger names the key column.';

CREATE FUNCTION audit.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% of %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Rows of this table are only ever added.';
END
$$;
COMMENT ON FUNCTION audit.refuse_change() IS 'Makes a table append-only.';

CREATE FUNCTION account.lower_email() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.email := lower(trim(NEW.email));
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION account.lower_email() IS 'Keeps e-mail addresses in lower case and without blanks around them.';

CREATE FUNCTION catalogue.hold_review() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.status := 'held';
    NEW.moderated_by := NULL;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION catalogue.hold_review() IS 'Sends a changed review back to the colleagues who read them.';

CREATE FUNCTION sales.log_status_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO sales.order_status_changes (order_id, old_status, new_status, changed_by, reason)
    VALUES (NEW.id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status, account.current_user_id(),
            nullif(current_setting('shop.reason', true), ''));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION sales.log_status_change() IS
    'Adds a step to the story of an order; the setting shop.reason says why.';

CREATE FUNCTION sales.sum_lines() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    UPDATE sales.orders AS ordered
    SET goods_amount = coalesce((SELECT sum(line_amount) FROM sales.order_items WHERE order_id = ordered.id), 0)
    WHERE ordered.id IN (SELECT order_id FROM changed_lines);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION sales.sum_lines() IS
    'Adds up the lines of the orders that a statement touched; once per statement, not per line.';

CREATE FUNCTION sales.check_refunds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    paid numeric;
    refunded numeric;
BEGIN
    SELECT amount INTO paid FROM sales.payments WHERE id = NEW.payment_id AND status = 'captured';
    SELECT sum(amount) INTO refunded FROM sales.refunds WHERE payment_id = NEW.payment_id;
    IF refunded > coalesce(paid, 0) THEN
        RAISE EXCEPTION 'payment % was %, refunds are %', NEW.payment_id, coalesce(paid, 0), refunded
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION sales.check_refunds() IS 'No more goes back than came in.';

ALTER TABLE sales.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY orders_of_the_customer ON sales.orders FOR SELECT TO shop_app
    USING (user_id = account.current_user_id());
CREATE POLICY orders_by_the_customer ON sales.orders FOR INSERT TO shop_app
    WITH CHECK (user_id = account.current_user_id() AND status = 'pending');
CREATE POLICY orders_for_staff ON sales.orders FOR ALL TO shop_app
    USING (account.has_role('support') OR account.has_role('warehouse'))
    WITH CHECK (account.has_role('support') OR account.has_role('warehouse'));
CREATE POLICY orders_for_reports ON sales.orders FOR SELECT TO shop_analyst
    USING (true);
CREATE POLICY orders_keep_history ON sales.orders AS RESTRICTIVE FOR DELETE TO PUBLIC
    USING (status = 'pending' AND paid_at IS NULL);
COMMENT ON POLICY orders_of_the_customer ON sales.orders IS 'Customers see their own orders.';
COMMENT ON POLICY orders_by_the_customer ON sales.orders IS
    'Customers order for themselves; an order begins as pending.';
COMMENT ON POLICY orders_for_staff ON sales.orders IS 'Support and warehouse work with every order.';
COMMENT ON POLICY orders_for_reports ON sales.orders IS
    'Reports count every order; columns with addresses are not granted.';
COMMENT ON POLICY orders_keep_history ON sales.orders IS
    'Only orders that nobody paid for can be deleted, by whomever.';

-- ---------------------------------------------------------------------------------------------------------------
-- Sample rows: invented, computed, the same on every load. Triggers come after them, so that rows keep their dates.
-- ---------------------------------------------------------------------------------------------------------------

INSERT INTO account.countries (code, name, calling_code, in_customs_union, standard_vat_rate) VALUES
    ('AT', 'Austria', '43', true, 20), ('BE', 'Belgium', '32', true, 21), ('CH', 'Switzerland', '41', false, NULL),
    ('DE', 'Germany', '49', true, 19), ('DK', 'Denmark', '45', true, 25), ('ES', 'Spain', '34', true, 21),
    ('FR', 'France', '33', true, 20), ('GB', 'United Kingdom', '44', false, NULL), ('IT', 'Italy', '39', true, 22),
    ('NL', 'Netherlands', '31', true, 21), ('SE', 'Sweden', '46', true, 25), ('US', 'United States', '1', false, NULL);

INSERT INTO catalogue.currencies (code, numeric_code, name) VALUES
    ('EUR', 978, 'Euro'), ('USD', 840, 'US dollar'), ('GBP', 826, 'Pound sterling'), ('CHF', 756, 'Swiss franc');

INSERT INTO catalogue.price_lists (code, name, currency_code, is_default) VALUES
    ('retail', 'Web shop', 'EUR', true),
    ('retail-us', 'Web shop, United States', 'USD', false),
    ('wholesale', 'Cafes and offices', 'EUR', false);

INSERT INTO account.roles (name, description, is_staff) VALUES
    ('admin', 'Grants roles and changes settings.', true),
    ('support', 'Sees and changes orders, approves refunds, reads reviews.', true),
    ('warehouse', 'Packs parcels and counts stock.', true),
    ('purchasing', 'Enters products and makes prices.', true),
    ('wholesale', 'A customer who buys at wholesale prices.', false);

-- Users 1 to 6 are colleagues. Each user has the address with the same number, some a second one.
WITH sample AS (
    SELECT n, md5('user ' || n)::uuid AS id,
           (ARRAY['Ada', 'Ben', 'Clara', 'David', 'Emma', 'Felix', 'Greta', 'Hugo', 'Ida', 'Jonas',
                  'Karin'])[1 + n % 11] AS first,
           (ARRAY['Abel', 'Brandt', 'Conti', 'Dubois', 'Ek', 'Fischer', 'Garcia', 'Hansen', 'Jansen', 'Keller', 'Lind',
                  'Moreau', 'Novak'])[1 + n % 13] AS last,
           timestamptz '2025-03-01 09:00+00' + n * interval '40 hours' AS joined
    FROM generate_series(1, 160) AS n
), place AS (
    SELECT * FROM (VALUES
        (0, 'US', 'Portland', '972', ' Maple Avenue'), (1, 'DE', 'Hamburg', '203', ' Lindenweg'),
        (2, 'AT', 'Graz', '80', ' Herrengasse'), (3, 'NL', 'Utrecht', '35', ' Oudegracht'),
        (4, 'DE', 'Leipzig', '041', ' Gartenstrasse'), (5, 'FR', 'Lyon', '690', ' Rue des Tanneurs'),
        (6, 'BE', 'Gent', '90', ' Korenlei'), (7, 'DE', 'Bremen', '281', ' Am Deich'),
        (8, 'IT', 'Bologna', '401', ' Via Galliera'), (9, 'US', 'Madison', '537', ' Lake Street')
    ) AS place (number, country, city, postal, street)
), joined AS (
    INSERT INTO account.users (id, email, password_hash, first_name, last_name, status, email_verified,
                               default_address_id, created_at, updated_at, deleted_at)
    SELECT id, lower(first || '.' || last || n || '@example.' || (ARRAY['com', 'org', 'net'])[1 + n % 3]),
           '$argon2id$v=19$m=19456,t=2,p=1$' || md5('no password ' || n), first, last,
           CASE WHEN n % 40 = 0 THEN 'inactive' WHEN n = 77 THEN 'suspended' ELSE 'active' END,
           n % 9 <> 0, n, joined, joined + n % 5 * interval '9 days',
           CASE WHEN n % 40 = 0 THEN timestamptz '2026-11-02 10:00+00' END
    FROM sample ORDER BY n
), profiles AS (
    INSERT INTO account.user_profiles (user_id, phone, birth_date, preferred_language, biography, preferences,
                                       newsletter_since, created_at, updated_at)
    SELECT id, CASE WHEN n % 3 = 0 THEN '+4930' || lpad(n::text, 7, '0') END,
           CASE WHEN n % 2 = 0 THEN date '1960-01-15' + n * 83 END,
           CASE WHEN n % 10 IN (1, 2, 4, 7) THEN 'de' ELSE 'en' END,
           CASE WHEN n % 8 = 0 THEN 'Drinks everything but instant coffee.' END,
           jsonb_build_object('theme', CASE WHEN n % 4 = 0 THEN 'dark' ELSE 'light' END, 'mails', n % 3 <> 1),
           CASE WHEN n % 5 < 2 THEN joined + interval '3 minutes' END, joined, joined
    FROM sample WHERE n % 4 <> 3 ORDER BY n
)
INSERT INTO account.addresses (user_id, label, recipient, street, postal_code, city, country_code, created_at,
                               updated_at)
SELECT id, label, first || ' ' || last, (1 + n % 90) || street, postal || lpad((n % 100)::text, 2, '0'), city, country,
       joined, joined
FROM sample
JOIN place ON place.number = n % 10
CROSS JOIN (VALUES (1, 'Home'), (2, 'Office')) AS kind (number, label)
WHERE kind.number = 1 OR n % 3 = 0
ORDER BY kind.number, n;

INSERT INTO account.user_roles (user_id, role_id, granted_by, granted_at, expires_at)
SELECT md5('user ' || holder)::uuid, role, CASE WHEN holder > 1 THEN md5('user 1')::uuid END,
       timestamptz '2025-12-01 08:00+00' + holder * interval '1 day',
       CASE WHEN role = 5 THEN timestamptz '2027-01-01 00:00+00' END
FROM (VALUES (1, 1), (1, 2), (2, 2), (3, 2), (3, 3), (4, 4), (5, 3), (6, 3)) AS staff (holder, role)
UNION ALL
SELECT md5('user ' || n)::uuid, 5, md5('user 2')::uuid, timestamptz '2026-01-05 08:00+00' + n * interval '1 day',
       timestamptz '2027-12-31 23:00+00'
FROM generate_series(15, 150, 15) AS n;

INSERT INTO account.sessions (id, user_id, token_digest, ip_address, user_agent, created_at, last_seen_at, expires_at)
SELECT md5('session ' || n)::uuid, md5('user ' || 1 + n * 3)::uuid, sha256(('session ' || n)::bytea),
       ('192.0.2.' || 1 + n % 250)::inet, CASE WHEN n % 3 = 0 THEN 'Phone' ELSE 'Desktop' END,
       seen - interval '5 hours', seen, seen + interval '14 days'
FROM generate_series(1, 40) AS n
CROSS JOIN LATERAL (SELECT timestamptz '2026-10-28 06:00+00' + n * interval '97 minutes' AS seen) AS clock;

INSERT INTO catalogue.categories (parent_id, slug, name, "position", is_visible) VALUES
    (NULL, 'coffee', 'Coffee', 1, true), (NULL, 'tea', 'Tea', 2, true),
    (NULL, 'equipment', 'Equipment', 3, true), (NULL, 'tableware', 'Tableware', 4, true),
    (1, 'espresso', 'Espresso', 1, true), (1, 'filter-coffee', 'Filter coffee', 2, true),
    (2, 'green-tea', 'Green tea', 1, true), (2, 'black-tea', 'Black tea', 2, true),
    (3, 'grinders', 'Grinders', 1, true), (3, 'kettles', 'Kettles', 2, true),
    (4, 'cups', 'Cups', 1, true), (4, 'pots', 'Pots', 2, true),
    (NULL, 'gifts', 'Gifts', 5, true), (13, 'easter', 'Easter', 1, false);

-- Products are dealt out to the eight lowest shelves in turn; each has three variants.
WITH shelf AS (
    SELECT * FROM (VALUES
        (5, 'ESP', 'Espresso', 'Espresso', 'Bohnen',
            ARRAY['Sidamo', 'Huila', 'Antigua', 'Santos', 'Harrar', 'Nyeri'],
            ARRAY['250 g, whole beans', '1 kg, whole beans', '250 g, ground'], 280),
        (6, 'FIL', 'Filter Roast', 'Filterkaffee', 'Bohnen',
            ARRAY['Yirgacheffe', 'Narino', 'Coban', 'Cerrado', 'Limu', 'Kirinyaga'],
            ARRAY['250 g, whole beans', '1 kg, whole beans', '250 g, ground'], 280),
        (7, 'GRT', 'Green Tea', 'Gruener Tee', 'Blatt',
            ARRAY['Sencha', 'Gyokuro', 'Bancha', 'Longjing', 'Gunpowder', 'Genmaicha'],
            ARRAY['50 g', '100 g', '250 g'], 120),
        (8, 'BLT', 'Black Tea', 'Schwarzer Tee', 'Blatt',
            ARRAY['Assam', 'Darjeeling', 'Ceylon', 'Keemun', 'Yunnan', 'Nilgiri'],
            ARRAY['50 g', '100 g', '250 g'], 120),
        (9, 'GRN', 'Hand Grinder', 'Handmuehle', 'Stahl',
            ARRAY['Mono', 'Duo', 'Trio', 'Forte', 'Piano', 'Largo'],
            ARRAY['Black', 'Silver', 'White'], 640),
        (10, 'KET', 'Kettle', 'Wasserkessel', 'Stahl',
            ARRAY['Swan', 'Heron', 'Crane', 'Stork', 'Egret', 'Ibis'],
            ARRAY['Black', 'Silver', 'White'], 980),
        (11, 'CUP', 'Cup', 'Tasse', 'Porzellan',
            ARRAY['Fjord', 'Dune', 'Glade', 'Moor', 'Cove', 'Tarn'],
            ARRAY['White', 'Blue', 'Set of four'], 310),
        (12, 'POT', 'Tea Pot', 'Teekanne', 'Porzellan',
            ARRAY['Alba', 'Brema', 'Cala', 'Dora', 'Elba', 'Fina'],
            ARRAY['White', 'Blue', 'With warmer'], 890)
    ) AS shelf (category, prefix, noun, german, material, names, variants, weight)
), sample AS (
    SELECT p, 1 + (p - 1) / 8 AS row_on_shelf, names[1 + (p - 1) / 8] || ' ' || noun AS title,
           names[1 + (p - 1) / 8] || ' ' || german AS german_title, shelf.*,
           timestamptz '2025-09-01 10:00+00' + p * interval '5 days' AS entered
    FROM generate_series(1, 48) AS p
    JOIN shelf ON shelf.category = 5 + (p - 1) % 8
), products AS (
    INSERT INTO catalogue.products (slug, brand, status, tax_class, tags, launched_on, retired_on, created_by,
                                    created_at, updated_at)
    SELECT catalogue.slugify(title), CASE WHEN category >= 9 THEN (ARRAY['Hearth', 'Nordlys', 'Tilia'])[1 + p % 3] END,
           (CASE WHEN p > 46 THEN 'draft' WHEN p % 23 = 0 THEN 'retired' ELSE 'active' END)::catalogue.product_status,
           CASE WHEN category < 9 THEN 'reduced' ELSE 'standard' END,
           array_remove(ARRAY[CASE WHEN category < 9 AND p % 3 = 0 THEN 'organic' END,
                              CASE WHEN p % 6 = 0 THEN 'gift' END], NULL),
           CASE WHEN p <= 46 THEN (entered + interval '9 days')::date END,
           CASE WHEN p % 23 = 0 THEN date '2026-09-30' END, md5('user 4')::uuid, entered, entered + interval '9 days'
    FROM sample ORDER BY p
), words AS (
    INSERT INTO catalogue.product_translations (product_id, language_code, name, description)
    SELECT p, language, CASE language WHEN 'en' THEN title ELSE german_title END,
           CASE language WHEN 'en' THEN 'Our ' || title || ', chosen by people who use it every day.'
                ELSE material || ', ausgesucht von Leuten, die es jeden Tag benutzen.' END
    FROM sample CROSS JOIN (VALUES ('en'), ('de')) AS spoken (language)
    WHERE language = 'en' OR p % 4 <> 0
    ORDER BY p, language
), shelved AS (
    INSERT INTO catalogue.product_categories (product_id, category_id, is_primary, "position")
    SELECT p, category, true, row_on_shelf FROM sample
    UNION ALL
    SELECT p, 13, false, p FROM sample WHERE p % 6 = 0
)
INSERT INTO catalogue.product_variants (product_id, sku, name, barcode, attributes, weight_grams, parcel, is_active,
                                        created_at, updated_at)
SELECT p, prefix || '-' || lpad(p::text, 5, '0') || '-' || substr('ABC', v, 1), variants[v],
       CASE WHEN category >= 9 THEN '4012345' || lpad((p * 3 + v)::text, 6, '0') END,
       jsonb_build_object('material', lower(material), 'choice', v), weight * (1 + v % 3),
       CASE WHEN category IN (9, 10, 12) THEN ROW(280, 180, 160 + v * 10)::catalogue.parcel_size END,
       NOT (p % 16 = 0 AND v = 3), entered, entered
FROM sample CROSS JOIN generate_series(1, 3) AS v
ORDER BY p, v;

INSERT INTO catalogue.prices (variant_id, price_list_id, amount, valid_during, created_at)
SELECT variant.id, list, round(base * factor * (ARRAY[1.00, 1.15, 0.80])[list] * period.rise, 1) - 0.01,
       period.days, period.made
FROM catalogue.product_variants AS variant
CROSS JOIN LATERAL (SELECT
    (ARRAY[8.9, 9.6, 7.2, 6.4, 79.0, 54.0, 12.5, 34.0])[1 + (variant.product_id - 1) % 8]
        + variant.product_id % 5 AS base,
    (ARRAY[1.0, 3.4, 1.1])[1 + (variant.id - 1) % 3] AS factor) AS rule
CROSS JOIN generate_series(1, 3) AS list
CROSS JOIN (VALUES
    (1.00, daterange('2025-11-01', '2026-06-01'), timestamptz '2025-10-15 12:00+00'),
    (1.04, daterange('2026-06-01', NULL), timestamptz '2026-05-12 12:00+00')) AS period (rise, days, made)
WHERE list < 3 OR variant.id % 3 = 2
ORDER BY period.made, list, variant.id;

INSERT INTO catalogue.warehouses (code, name, country_code, location, manager_id, is_active) VALUES
    ('HAM', 'Hamburg harbour', 'DE', point(9.98, 53.54), md5('user 5')::uuid, true),
    ('PDX', 'Portland', 'US', point(-122.68, 45.52), md5('user 6')::uuid, true),
    ('GRZ', 'Graz, the first one', 'AT', point(15.44, 47.07), NULL, false);

INSERT INTO catalogue.inventory (warehouse_id, variant_id, on_hand, reserved, reorder_level, counted_on, updated_at)
SELECT warehouse, variant, pieces, least(pieces, variant % 4), 5 + variant % 3 * 5, date '2026-09-26' + warehouse,
       timestamptz '2026-10-29 05:00+00' + variant * interval '11 minutes'
FROM generate_series(1, 2) AS warehouse
CROSS JOIN generate_series(1, 144) AS variant
CROSS JOIN LATERAL (SELECT (variant * 7 + warehouse * 13) % 90 AS pieces) AS counted;

INSERT INTO sales.coupons (code, percent_off, amount_off, product_id, category_id, valid_during, max_uses, created_at,
                           updated_at)
SELECT code, percent, amount, product, category, tstzrange(from_day, until_day), uses, from_day, from_day
FROM (VALUES
    ('WELCOME10', 10, NULL::numeric, NULL::bigint, NULL::integer, timestamptz '2026-01-01 00:00+00', NULL::timestamptz,
        NULL::integer),
    ('FIVEOFF', NULL, 5, NULL, NULL, '2026-01-01 00:00+00', '2027-01-01 00:00+00', 5000),
    ('TEATIME', 15, NULL, NULL, 2, '2026-04-01 00:00+00', '2026-05-01 00:00+00', NULL),
    ('GRINDMONO', NULL, 20, 5, NULL, '2026-09-01 00:00+00', '2026-12-01 00:00+00', 100),
    ('BIRTHDAY', 20, NULL, NULL, NULL, '2026-01-01 00:00+00', NULL, NULL)
) AS sample (code, percent, amount, product, category, from_day, until_day, uses);

-- An order every fifteen hours, one to four lines each. Old ones have arrived, the newest still wait.
WITH sample AS (
    SELECT n, md5('order ' || n)::uuid AS id, address.user_id, address.recipient, address.street, address.postal_code,
           address.city, address.country_code, placed,
           (CASE WHEN address.country_code = 'US' THEN 'USD' ELSE 'EUR' END) AS currency,
           (CASE WHEN n > 470 THEN 'pending' WHEN n > 455 THEN 'processing' WHEN n % 12 = 0 THEN 'cancelled'
                 WHEN n > 435 THEN 'shipped' ELSE 'delivered' END)::sales.order_status AS status
    FROM generate_series(1, 480) AS n
    JOIN account.addresses AS address ON address.id = 7 + n * 11 % 150
    CROSS JOIN LATERAL (SELECT timestamptz '2026-01-02 07:30+00' + n * interval '15 hours' AS placed) AS clock
), line AS MATERIALIZED (
    SELECT sample.n, l, variant.id AS variant_id, words.name || ', ' || variant.name AS product_name,
           1 + (n + l) % 3 AS quantity, price.amount,
           CASE WHEN currency = 'USD' THEN 0 WHEN product.tax_class = 'reduced' THEN 7 ELSE 19 END AS tax_rate
    FROM sample
    CROSS JOIN LATERAL generate_series(1, 1 + n % 4) AS l
    JOIN catalogue.product_variants AS variant ON variant.id = 1 + (n * 17 + l * 29) % 144
    JOIN catalogue.products AS product ON product.id = variant.product_id
    JOIN catalogue.product_translations AS words ON words.product_id = product.id AND words.language_code = 'en'
    JOIN catalogue.prices AS price ON price.variant_id = variant.id
        AND price.valid_during @> (placed AT TIME ZONE 'UTC')::date
        AND price.price_list_id = CASE WHEN currency = 'USD' THEN 2 ELSE 1 END
), placed AS (
    INSERT INTO sales.orders (id, user_id, status, currency_code, goods_amount, shipping_amount, discount_amount,
                              shipping_address, customer_note, paid_at, shipped_at, delivered_at, created_at,
                              updated_at)
    SELECT id, user_id, status, currency, goods, CASE WHEN goods < 50 THEN 4.90 ELSE 0 END,
           CASE WHEN n % 18 = 0 THEN round(goods * 0.10, 2) WHEN n % 9 = 0 THEN 5 ELSE 0 END,
           jsonb_build_object('recipient', recipient, 'street', street, 'postal_code', postal_code, 'city', city,
                              'country_code', country_code),
           CASE WHEN n % 25 = 0 THEN 'Please ring twice.' END,
           CASE WHEN status IN ('processing', 'shipped', 'delivered') OR (status = 'cancelled' AND n % 24 = 0)
                THEN placed + interval '20 minutes' END,
           CASE WHEN status IN ('shipped', 'delivered') THEN placed + interval '30 hours' END,
           CASE WHEN status = 'delivered' THEN placed + interval '78 hours' END,
           placed, placed + interval '78 hours'
    FROM sample
    JOIN (SELECT n AS of_order, sum(quantity * amount) AS goods FROM line GROUP BY n) AS summed ON summed.of_order = n
    ORDER BY n
), parcel AS (
    INSERT INTO sales.shipments (order_id, warehouse_id, carrier, tracking_number, status, weight_grams, packed_at,
                                 shipped_at, delivered_at)
    SELECT id, CASE WHEN currency = 'USD' THEN 2 ELSE 1 END, CASE WHEN n % 3 = 0 THEN 'Parcel Post' ELSE 'Swift' END,
           'T' || lpad(n::text, 7, '0') || number,
           (CASE status WHEN 'shipped' THEN 'in_transit' ELSE 'delivered' END)::sales.shipment_status,
           400 + n * 37 % 2600,
           placed + interval '27 hours', placed + interval '30 hours',
           CASE WHEN status = 'delivered' THEN placed + interval '78 hours' END
    FROM sample CROSS JOIN generate_series(1, 2) AS number
    WHERE status IN ('shipped', 'delivered') AND (number = 1 OR n % 16 = 3)
    ORDER BY n, number
    RETURNING id, tracking_number
)
INSERT INTO sales.order_items (order_id, line_number, variant_id, product_name, quantity, unit_price, tax_rate,
                               shipment_id)
SELECT sample.id, l, variant_id, product_name, quantity, amount, tax_rate, parcel.id
FROM line
JOIN sample ON sample.n = line.n
LEFT JOIN parcel
    ON parcel.tracking_number
        = 'T' || lpad(line.n::text, 7, '0') || CASE WHEN line.n % 16 = 3 AND l > 2 THEN 2 ELSE 1 END
ORDER BY line.n, l;

INSERT INTO sales.order_coupons (order_id, coupon_id, discount_amount, applied_at)
SELECT ordered.id, CASE WHEN n % 18 = 0 THEN 1 ELSE 2 END, ordered.discount_amount, ordered.created_at
FROM generate_series(9, 480, 9) AS n
JOIN sales.orders AS ordered ON ordered.id = md5('order ' || n)::uuid;

INSERT INTO sales.order_status_changes (order_id, old_status, new_status, changed_by, reason, changed_at)
SELECT id, step.old_status::sales.order_status, step.new_status::sales.order_status, who, reason, at_time
FROM sales.orders
CROSS JOIN LATERAL (VALUES
    (NULL, 'pending', user_id, NULL, created_at),
    ('pending', 'processing', NULL, NULL, paid_at),
    ('processing', 'shipped', md5('user 5')::uuid, NULL, shipped_at),
    ('shipped', 'delivered', NULL, NULL, delivered_at),
    (CASE WHEN paid_at IS NULL THEN 'pending' ELSE 'processing' END, 'cancelled', md5('user 3')::uuid,
        'Customer changed their mind', CASE WHEN status = 'cancelled' THEN created_at + interval '1 day' END)
) AS step (old_status, new_status, who, reason, at_time)
WHERE at_time IS NOT NULL
ORDER BY at_time, id;

INSERT INTO sales.payments (order_id, method, status, amount, currency_code, provider, provider_reference,
                            card_last_four, provider_response, authorised_at, captured_at)
SELECT ordered.id, method, outcome::sales.payment_status, ordered.total_amount, ordered.currency_code,
       CASE WHEN method IN ('card', 'wallet') THEN 'paygate' ELSE 'housebank' END,
       'P' || lpad(n::text, 8, '0') || attempt,
       CASE WHEN method = 'card' THEN lpad((n * 37 % 10000)::text, 4, '0') END,
       CASE WHEN method IN ('card', 'wallet') THEN jsonb_build_object('result', outcome, 'attempt', attempt) END,
       ordered.created_at + attempt * interval '5 minutes', CASE WHEN outcome = 'captured' THEN ordered.paid_at END
FROM generate_series(1, 480) AS n
JOIN sales.orders AS ordered ON ordered.id = md5('order ' || n)::uuid
CROSS JOIN generate_series(1, 2) AS attempt
CROSS JOIN LATERAL (SELECT
    (ARRAY['card', 'wallet', 'transfer', 'card', 'invoice'])[1 + n % 5] AS method,
    CASE WHEN attempt = 1 AND n % 20 = 3 THEN 'failed' WHEN ordered.paid_at IS NOT NULL THEN 'captured'
         WHEN ordered.status = 'cancelled' THEN 'voided' ELSE 'authorised' END AS outcome) AS result
WHERE attempt = 1 OR n % 20 = 3
ORDER BY n, attempt;

INSERT INTO sales.refunds (payment_id, amount, reason, note, approved_by, requested_at, refunded_at)
SELECT payment.id, CASE ordered.status WHEN 'cancelled' THEN payment.amount ELSE round(payment.amount / 2, 2) END,
       CASE WHEN ordered.status = 'cancelled' THEN 'cancelled' WHEN n % 60 = 7 THEN 'damaged' ELSE 'returned' END,
       CASE WHEN n % 60 = 7 THEN 'Pictures of the broken piece are attached.' END, md5('user 2')::uuid,
       asked, CASE WHEN n < 450 THEN asked + interval '2 days' END
FROM generate_series(1, 480) AS n
JOIN sales.orders AS ordered ON ordered.id = md5('order ' || n)::uuid
JOIN sales.payments AS payment ON payment.order_id = ordered.id AND payment.status = 'captured'
CROSS JOIN LATERAL (SELECT coalesce(ordered.delivered_at, ordered.created_at) + interval '1 day' AS asked) AS clock
WHERE ordered.status = 'cancelled' OR (ordered.status = 'delivered' AND n % 30 = 7)
ORDER BY n;

INSERT INTO catalogue.reviews (user_id, product_id, order_id, order_line, rating, title, body, status, moderated_by,
                               created_at, updated_at)
SELECT user_id, product_id, CASE WHEN n % 13 <> 0 THEN id END, CASE WHEN n % 13 <> 0 THEN line_number END, rating,
       (ARRAY['Not for me', 'Could be better', 'All right', 'Very good', 'Would buy again'])[rating],
       CASE WHEN n % 3 <> 0
            THEN 'Arrived quickly and does what it should. ' || repeat('I use it every morning. ', 1 + n % 6) END,
       CASE WHEN n > 400 THEN 'held' WHEN n % 50 = 1 THEN 'rejected' ELSE 'published' END,
       CASE WHEN n <= 400 THEN md5('user 3')::uuid END, written, written + interval '6 hours'
FROM (
    SELECT DISTINCT ON (ordered.user_id, variant.product_id)
           n, ordered.id, ordered.user_id, variant.product_id, item.line_number,
           ordered.delivered_at + interval '4 days' AS written,
           (ARRAY[5, 4, 5, 3, 4, 5, 2, 5, 4, 1])[1 + n / 2 % 10] AS rating
    FROM generate_series(1, 480, 2) AS n
    JOIN sales.orders AS ordered ON ordered.id = md5('order ' || n)::uuid AND ordered.status = 'delivered'
    JOIN sales.order_items AS item ON item.order_id = ordered.id AND item.line_number <= 2
    JOIN catalogue.product_variants AS variant ON variant.id = item.variant_id
    ORDER BY ordered.user_id, variant.product_id, n
) AS bought
ORDER BY written, user_id, product_id;

INSERT INTO catalogue.attachments (subject_type, subject_id, file_name, media_type, byte_size, content_hash,
                                   uploaded_by, created_at)
SELECT subject_type, id, subject_type || '-' || id || '.jpg', 'image/jpeg', 40000 + id * 977,
       sha256((subject_type || id)::bytea), who, at_time
FROM (
    SELECT 'product' AS subject_type, id, created_by AS who, created_at AS at_time FROM catalogue.products
    UNION ALL
    SELECT 'review', id, user_id, created_at FROM catalogue.reviews WHERE id % 9 = 0
    UNION ALL
    SELECT 'refund', id, NULL, requested_at FROM sales.refunds WHERE reason = 'damaged'
) AS subject
ORDER BY at_time, subject_type, id;

-- The first thirty carts belong to customers, the others to visitors.
WITH filled AS (
    INSERT INTO sales.carts (user_id, guest_token, price_list_id, created_at, updated_at)
    SELECT CASE WHEN n <= 30 THEN md5('user ' || 6 + n * 5)::uuid END,
           CASE WHEN n > 30 THEN md5('guest ' || n)::uuid END,
           CASE WHEN n % 10 = 4 THEN 2 ELSE 1 END, begun, begun + interval '7 minutes'
    FROM generate_series(1, 48) AS n
    CROSS JOIN LATERAL (SELECT timestamptz '2026-10-20 11:00+00' + n * interval '4 hours' AS begun) AS clock
    ORDER BY n
)
INSERT INTO sales.cart_items (cart_id, variant_id, quantity, added_at)
SELECT n, 1 + (n * 5 + i * 31) % 144, 1 + n % 2,
       timestamptz '2026-10-20 11:02+00' + n * interval '4 hours' + i * interval '1 minute'
FROM generate_series(1, 48) AS n
CROSS JOIN LATERAL generate_series(1, 1 + n % 3) AS i
ORDER BY n, i;

INSERT INTO sales.legacy_orders (customer_name, customer_email, phone1, phone2, address, items, total, status, ordered)
SELECT 'Customer ' || n, 'customer' || n % 70 || '@example.com', '040 55' || lpad(n::text, 4, '0'),
       CASE WHEN n % 4 = 0 THEN '0171 55' || lpad(n::text, 5, '0') END, n % 90 + 1 || ' Lindenweg, 20354 Hamburg',
       'ESP-0000' || 1 + n % 8 || '-A,FIL-0000' || 1 + n % 7 || '-B', 9.9 + n % 40 * 1.7, n % 5,
       timestamp '2023-02-01 10:00' + n * interval '3 days'
FROM generate_series(1, 150) AS n;

INSERT INTO audit.audit_log (table_name, record_id, operation, old_values, new_values, changed_by, database_role,
                             changed_at)
SELECT 'sales.orders', step.order_id::text, CASE WHEN step.old_status IS NULL THEN 'INSERT' ELSE 'UPDATE' END,
       CASE WHEN step.old_status IS NOT NULL THEN jsonb_build_object('status', step.old_status) END,
       jsonb_build_object('status', step.new_status), step.changed_by, 'shop_app', step.changed_at
FROM sales.order_status_changes AS step
WHERE step.changed_at >= '2026-08-01 00:00+00'
ORDER BY step.id;

INSERT INTO audit.flyway_schema_history
    (installed_rank, version, description, type, script, checksum, installed_by, installed_on, execution_time, success)
SELECT rank, version, description, 'SQL', 'V' || version || '__' || replace(description, ' ', '_') || '.sql',
       1000003 * rank + 77, 'shop_owner', installed, 40 + rank * 13, true
FROM (VALUES
    (1, '001', 'initial schema', timestamp '2025-02-18 20:04:11'),
    (2, '002', 'product translations', timestamp '2025-04-02 20:01:37'),
    (3, '003', 'price lists', timestamp '2025-06-11 20:02:09'),
    (4, '004', 'import legacy orders', timestamp '2025-07-01 20:12:50'),
    (5, '005', 'row level security', timestamp '2025-09-16 20:00:48'),
    (6, '006', 'reviews and attachments', timestamp '2025-11-05 20:01:15'),
    (7, '007', 'several parcels per order', timestamp '2026-02-24 20:03:32'),
    (8, '008', 'partition audit log', timestamp '2026-07-28 20:05:02')
) AS history (rank, version, description, installed);

REFRESH MATERIALIZED VIEW catalogue.product_ratings;
REFRESH MATERIALIZED VIEW sales.daily_revenue;

-- ---------------------------------------------------------------------------------------------------------------
-- Triggers
-- ---------------------------------------------------------------------------------------------------------------

-- updated_at, unless the statement sets it itself (imports do).
CREATE TRIGGER trg_users_touch BEFORE UPDATE ON account.users
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
CREATE TRIGGER trg_user_profiles_touch BEFORE UPDATE ON account.user_profiles
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
CREATE TRIGGER trg_addresses_touch BEFORE UPDATE ON account.addresses
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
CREATE TRIGGER trg_products_touch BEFORE UPDATE ON catalogue.products
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
CREATE TRIGGER trg_product_variants_touch BEFORE UPDATE ON catalogue.product_variants
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
CREATE TRIGGER trg_inventory_touch BEFORE UPDATE ON catalogue.inventory
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
CREATE TRIGGER trg_reviews_touch BEFORE UPDATE ON catalogue.reviews
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
CREATE TRIGGER trg_carts_touch BEFORE UPDATE ON sales.carts
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
CREATE TRIGGER trg_orders_touch BEFORE UPDATE ON sales.orders
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
CREATE TRIGGER trg_coupons_touch BEFORE UPDATE ON sales.coupons
    FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION audit.touch_updated_at();
COMMENT ON TRIGGER trg_users_touch ON account.users IS 'Keeps updated_at.';
COMMENT ON TRIGGER trg_user_profiles_touch ON account.user_profiles IS 'Keeps updated_at.';
COMMENT ON TRIGGER trg_addresses_touch ON account.addresses IS 'Keeps updated_at.';
COMMENT ON TRIGGER trg_products_touch ON catalogue.products IS 'Keeps updated_at.';
COMMENT ON TRIGGER trg_product_variants_touch ON catalogue.product_variants IS 'Keeps updated_at.';
COMMENT ON TRIGGER trg_inventory_touch ON catalogue.inventory IS 'Keeps updated_at.';
COMMENT ON TRIGGER trg_reviews_touch ON catalogue.reviews IS 'Keeps updated_at.';
COMMENT ON TRIGGER trg_carts_touch ON sales.carts IS 'Keeps updated_at, which decides when a cart is forgotten.';
COMMENT ON TRIGGER trg_orders_touch ON sales.orders IS 'Keeps updated_at.';
COMMENT ON TRIGGER trg_coupons_touch ON sales.coupons IS 'Keeps updated_at.';

CREATE TRIGGER trg_users_version BEFORE UPDATE ON account.users
    FOR EACH ROW EXECUTE FUNCTION audit.count_version();
CREATE TRIGGER trg_products_version BEFORE UPDATE ON catalogue.products
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION audit.count_version();
CREATE TRIGGER trg_orders_version BEFORE UPDATE ON sales.orders
    FOR EACH ROW EXECUTE FUNCTION audit.count_version();
COMMENT ON TRIGGER trg_users_version ON account.users IS 'Optimistic locking.';
COMMENT ON TRIGGER trg_products_version ON catalogue.products IS
    'Optimistic locking; saving without a change does not count.';
COMMENT ON TRIGGER trg_orders_version ON sales.orders IS 'Optimistic locking.';

CREATE TRIGGER trg_users_lower_email BEFORE INSERT OR UPDATE OF email ON account.users
    FOR EACH ROW EXECUTE FUNCTION account.lower_email();
COMMENT ON TRIGGER trg_users_lower_email ON account.users IS 'People type capital letters where they like.';

CREATE TRIGGER trg_reviews_hold BEFORE UPDATE OF rating, title, body ON catalogue.reviews
    FOR EACH ROW EXECUTE FUNCTION catalogue.hold_review();
ALTER TABLE catalogue.reviews DISABLE TRIGGER trg_reviews_hold;
COMMENT ON TRIGGER trg_reviews_hold ON catalogue.reviews IS
    'Changed reviews are read again. Switched off in September 2026, when support could not keep up.';

CREATE TRIGGER trg_order_items_inserted AFTER INSERT ON sales.order_items
    REFERENCING NEW TABLE AS changed_lines FOR EACH STATEMENT EXECUTE FUNCTION sales.sum_lines();
CREATE TRIGGER trg_order_items_updated AFTER UPDATE ON sales.order_items
    REFERENCING NEW TABLE AS changed_lines FOR EACH STATEMENT EXECUTE FUNCTION sales.sum_lines();
CREATE TRIGGER trg_order_items_deleted AFTER DELETE ON sales.order_items
    REFERENCING OLD TABLE AS changed_lines FOR EACH STATEMENT EXECUTE FUNCTION sales.sum_lines();
COMMENT ON TRIGGER trg_order_items_inserted ON sales.order_items IS 'Keeps orders.goods_amount.';
COMMENT ON TRIGGER trg_order_items_updated ON sales.order_items IS 'Keeps orders.goods_amount.';
COMMENT ON TRIGGER trg_order_items_deleted ON sales.order_items IS 'Keeps orders.goods_amount.';

CREATE TRIGGER trg_orders_first_status AFTER INSERT ON sales.orders
    FOR EACH ROW EXECUTE FUNCTION sales.log_status_change();
CREATE TRIGGER trg_orders_status AFTER UPDATE OF status ON sales.orders
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION sales.log_status_change();
COMMENT ON TRIGGER trg_orders_first_status ON sales.orders IS 'The story of an order begins.';
COMMENT ON TRIGGER trg_orders_status ON sales.orders IS 'The story of an order goes on.';

CREATE CONSTRAINT TRIGGER trg_refunds_limit AFTER INSERT OR UPDATE OF payment_id, amount ON sales.refunds
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION sales.check_refunds();
COMMENT ON TRIGGER trg_refunds_limit ON sales.refunds IS
    'Checked at commit, so that a refund can be split and moved within a transaction.';

CREATE TRIGGER trg_users_audit AFTER INSERT OR UPDATE OR DELETE ON account.users
    FOR EACH ROW EXECUTE FUNCTION audit.record_change('id');
CREATE TRIGGER trg_user_roles_audit AFTER INSERT OR UPDATE OR DELETE ON account.user_roles
    FOR EACH ROW EXECUTE FUNCTION audit.record_change('user_id');
CREATE TRIGGER trg_prices_audit AFTER INSERT OR UPDATE OR DELETE ON catalogue.prices
    FOR EACH ROW EXECUTE FUNCTION audit.record_change('id');
CREATE TRIGGER trg_orders_audit AFTER INSERT OR UPDATE OR DELETE ON sales.orders
    FOR EACH ROW EXECUTE FUNCTION audit.record_change('id');
COMMENT ON TRIGGER trg_users_audit ON account.users IS 'Into the audit log, without the password hash.';
COMMENT ON TRIGGER trg_user_roles_audit ON account.user_roles IS 'Who was given which power, and by whom.';
COMMENT ON TRIGGER trg_prices_audit ON catalogue.prices IS 'Prices are a matter of law in some countries.';
COMMENT ON TRIGGER trg_orders_audit ON sales.orders IS 'Into the audit log.';

CREATE TRIGGER trg_audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
COMMENT ON TRIGGER trg_audit_log_append_only ON audit.audit_log IS
    'What happened stays; old months are detached as a whole.';

-- ---------------------------------------------------------------------------------------------------------------
-- Privileges
-- ---------------------------------------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA account, catalogue, sales TO shop_app, shop_analyst;
GRANT USAGE ON SCHEMA audit TO shop_analyst;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA account, catalogue, sales TO shop_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA account, catalogue, sales TO shop_app;
REVOKE INSERT, UPDATE, DELETE ON account.countries, account.roles, catalogue.currencies FROM shop_app;
REVOKE UPDATE, DELETE ON sales.order_status_changes FROM shop_app;
REVOKE INSERT, UPDATE, DELETE ON sales.legacy_orders FROM shop_app;
REVOKE INSERT, UPDATE, DELETE ON catalogue.current_prices, catalogue.product_ratings, catalogue.product_listing
    FROM shop_app;
REVOKE INSERT, UPDATE, DELETE ON sales.order_totals, sales.open_orders, sales.daily_revenue FROM shop_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA account, catalogue, sales TO shop_app;
GRANT EXECUTE ON PROCEDURE sales.cancel_order(uuid, text) TO shop_app;

-- Reports read everything but people: of accounts only what can be counted, of orders no address.
GRANT SELECT ON ALL TABLES IN SCHEMA catalogue TO shop_analyst;
GRANT SELECT ON account.countries, account.roles TO shop_analyst;
GRANT SELECT (id, status, email_verified, created_at, deleted_at) ON account.users TO shop_analyst;
GRANT SELECT (id, user_id, order_number, status, currency_code, goods_amount, shipping_amount, discount_amount,
              total_amount, paid_at, shipped_at, delivered_at, created_at) ON sales.orders TO shop_analyst;
GRANT SELECT ON sales.order_items, sales.order_coupons, sales.coupons, sales.shipments, sales.order_status_changes,
    sales.refunds, sales.order_totals, sales.daily_revenue, sales.legacy_orders TO shop_analyst;
GRANT SELECT ON audit.flyway_schema_history TO shop_analyst;
GRANT EXECUTE ON FUNCTION catalogue.price_at(bigint, smallint, date), sales.best_sellers(date, integer) TO shop_analyst;

-- The same for what later migrations add.
ALTER DEFAULT PRIVILEGES IN SCHEMA account, catalogue, sales GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA account, catalogue, sales GRANT USAGE ON SEQUENCES TO shop_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA account, catalogue, sales GRANT EXECUTE ON FUNCTIONS TO shop_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA catalogue GRANT SELECT ON TABLES TO shop_analyst;

RESET ROLE;

ANALYZE;
