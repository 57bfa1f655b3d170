-- What is easily told wrong of constraints and referential actions; test_trials_by_hand.py has what each does.
CREATE TYPE tint AS ENUM ('red', 'green');
CREATE DOMAIN short AS text CONSTRAINT short_long CHECK (length(VALUE) <= 5);
CREATE DOMAIN stern AS short NOT NULL CONSTRAINT stern_form CHECK (VALUE ~ '^[a-z]+$');

CREATE FUNCTION drops() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF NEW.size < 0 THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE FUNCTION alters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.name := coalesce(NEW.name, 'unnamed'); RETURN NEW; END $$;
CREATE FUNCTION keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'nothing of this is ever deleted'; END $$;

CREATE TABLE hubs (
    a integer, b integer, label text CONSTRAINT hubs_label UNIQUE,
    CONSTRAINT hubs_pkey PRIMARY KEY (a, b)
);
CREATE TABLE spokes (
    id integer CONSTRAINT spokes_pkey PRIMARY KEY,
    a integer, b integer,
    CONSTRAINT spokes_simple FOREIGN KEY (a, b) REFERENCES hubs
);
CREATE TABLE full_spokes (
    id integer PRIMARY KEY,
    a integer, b integer,
    CONSTRAINT spokes_full FOREIGN KEY (a, b) REFERENCES hubs MATCH FULL ON DELETE SET NULL
);
CREATE TABLE late (
    id integer PRIMARY KEY,
    code integer CONSTRAINT late_code UNIQUE DEFERRABLE INITIALLY DEFERRED,
    hub text CONSTRAINT late_hub REFERENCES hubs (label) DEFERRABLE INITIALLY DEFERRED,
    soon text CONSTRAINT late_soon REFERENCES hubs (label) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE TABLE stays (
    room integer NOT NULL, during daterange NOT NULL, fee numeric(6, 2), void boolean DEFAULT false NOT NULL,
    CONSTRAINT stays_overlap EXCLUDE USING gist (during WITH &&) WHERE (NOT void),
    CONSTRAINT stays_room CHECK (room BETWEEN 1 AND 40),
    CONSTRAINT stays_ends CHECK (upper(during) <= DATE '2200-01-01'),
    CONSTRAINT stays_given CHECK (NOT isempty(during))
);
CREATE TABLE measures (
    id integer PRIMARY KEY,
    low integer, high integer,
    span integer GENERATED ALWAYS AS (high - low) STORED CONSTRAINT measures_span CHECK (span >= 0),
    code text CONSTRAINT measures_code CHECK (code ~ '^[A-Z]{3}-[0-9]{2}$'),
    day date CONSTRAINT measures_day CHECK (day > DATE '2001-01-01'),
    tints tint[] CONSTRAINT measures_tints CHECK (cardinality(tints) <= 2),
    tint tint, short short, stern stern DEFAULT 'a',
    data jsonb CONSTRAINT measures_data CHECK (jsonb_typeof(data) = 'object'),
    share numeric(5, 2), flags bit(3), names varchar(4)[],
    CONSTRAINT measures_order CHECK (low <= high)
);
CREATE UNIQUE INDEX measures_upper ON measures (upper(code)) WHERE low > 0;
CREATE TABLE eggs (id integer PRIMARY KEY, hen integer NOT NULL);
CREATE TABLE hens (id integer PRIMARY KEY, egg integer NOT NULL CONSTRAINT hens_egg REFERENCES eggs);
ALTER TABLE eggs ADD CONSTRAINT eggs_hen FOREIGN KEY (hen) REFERENCES hens DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE base (id integer PRIMARY KEY, size integer CONSTRAINT base_size CHECK (size > 0));
CREATE TABLE heirs (note text NOT NULL CONSTRAINT heirs_note CHECK (note <> '')) INHERITS (base);
CREATE TABLE parts (
    id integer NOT NULL, kind tint NOT NULL, amount integer CONSTRAINT parts_amount CHECK (amount <> 13),
    CONSTRAINT parts_pkey PRIMARY KEY (id, kind)
) PARTITION BY LIST (kind);
CREATE TABLE parts_red PARTITION OF parts FOR VALUES IN ('red');
CREATE TABLE parts_green PARTITION OF parts (CONSTRAINT green_amount CHECK (amount < 100)) FOR VALUES IN ('green');
CREATE TABLE uses (
    id integer PRIMARY KEY, part integer, kind tint,
    CONSTRAINT uses_part FOREIGN KEY (part, kind) REFERENCES parts ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE old (id integer PRIMARY KEY, hub text, size integer);
ALTER TABLE old ADD CONSTRAINT old_size CHECK (size < 9) NOT VALID;
ALTER TABLE old ADD CONSTRAINT old_hub FOREIGN KEY (hub) REFERENCES hubs (label) ON UPDATE CASCADE NOT VALID;
CREATE TABLE dropped (id integer PRIMARY KEY, size integer CONSTRAINT dropped_size CHECK (size > -5));
CREATE TRIGGER drops BEFORE INSERT ON dropped FOR EACH ROW EXECUTE FUNCTION drops();
CREATE TABLE altered (id integer PRIMARY KEY, name text NOT NULL);
CREATE TRIGGER alters BEFORE INSERT ON altered FOR EACH ROW EXECUTE FUNCTION alters();
CREATE TABLE ruled (id integer PRIMARY KEY, size integer CONSTRAINT ruled_size CHECK (size > -5));
CREATE RULE swallows AS ON INSERT TO ruled WHERE NEW.size < 0 DO INSTEAD NOTHING;
CREATE TABLE lords (id integer PRIMARY KEY);
CREATE TABLE serfs (id integer PRIMARY KEY, lord integer CONSTRAINT serfs_lord REFERENCES lords ON DELETE CASCADE);
CREATE TRIGGER keeps BEFORE DELETE ON serfs FOR EACH ROW EXECUTE FUNCTION keeps();
CREATE TABLE tops (id integer PRIMARY KEY);
CREATE TABLE mids (id integer PRIMARY KEY, top integer CONSTRAINT mids_top REFERENCES tops ON DELETE CASCADE);
CREATE TABLE lows (id integer PRIMARY KEY, mid integer CONSTRAINT lows_mid REFERENCES mids ON DELETE CASCADE);
CREATE TRIGGER refuses BEFORE DELETE ON lows FOR EACH STATEMENT EXECUTE FUNCTION refuses();
CREATE TABLE owners (id integer PRIMARY KEY);
CREATE TABLE pets (id integer PRIMARY KEY, owner integer CONSTRAINT pets_owner REFERENCES owners);
CREATE FUNCTION frees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN DELETE FROM pets WHERE owner = OLD.id; RETURN OLD; END $$;
CREATE TRIGGER frees BEFORE DELETE ON owners FOR EACH ROW EXECUTE FUNCTION frees();
CREATE TABLE leafed (id integer NOT NULL, size integer CONSTRAINT leafed_size CHECK (size > -5)) PARTITION BY RANGE (id);
CREATE TABLE leafed_all PARTITION OF leafed DEFAULT;
CREATE TRIGGER drops BEFORE INSERT ON leafed_all FOR EACH ROW EXECUTE FUNCTION drops();
CREATE TABLE trees (id integer PRIMARY KEY, above integer CONSTRAINT trees_above REFERENCES trees ON DELETE CASCADE);
