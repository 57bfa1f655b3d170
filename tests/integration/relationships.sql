-- Every shape of relationship that pgdossier names, and beside each what only looks like it.

-- One-to-many: mandatory and optional parents, several foreign keys between two tables.
CREATE TABLE airport (id bigint PRIMARY KEY, iata char(3) NOT NULL);
CREATE TABLE flight (
    id bigint PRIMARY KEY,
    origin_id bigint NOT NULL REFERENCES airport,
    destination_id bigint NOT NULL REFERENCES airport,
    diverted_to bigint REFERENCES airport
);
CREATE DOMAIN needed AS bigint NOT NULL;
CREATE TABLE gate (id bigint PRIMARY KEY, airport_id needed REFERENCES airport);

-- Composite: MATCH SIMPLE with a nullable part is optional, MATCH FULL with a mandatory part is not.
CREATE TABLE terminal (airport_id bigint REFERENCES airport, code text, PRIMARY KEY (airport_id, code));
CREATE TABLE shop_simple (
    id bigint PRIMARY KEY, airport_id bigint NOT NULL, code text,
    FOREIGN KEY (airport_id, code) REFERENCES terminal
);
CREATE TABLE shop_full (
    id bigint PRIMARY KEY, airport_id bigint NOT NULL, code text,
    FOREIGN KEY (airport_id, code) REFERENCES terminal MATCH FULL
);

-- Not validated: meant, not proved.
CREATE TABLE baggage (id bigint PRIMARY KEY, flight_id bigint NOT NULL);
ALTER TABLE baggage ADD FOREIGN KEY (flight_id) REFERENCES flight NOT VALID;

-- One-to-one: by constraint, by index, by a part of the columns, where not null; and four that are not.
CREATE TABLE person (id bigint PRIMARY KEY, family_name text);
CREATE TABLE passport (id bigint PRIMARY KEY, person_id bigint NOT NULL UNIQUE REFERENCES person);
CREATE TABLE badge (id bigint PRIMARY KEY, person_id bigint REFERENCES person);
CREATE UNIQUE INDEX badge_person ON badge (person_id) WHERE person_id IS NOT NULL;
CREATE TABLE locker (id bigint PRIMARY KEY, person_id bigint REFERENCES person, returned boolean);
CREATE UNIQUE INDEX locker_person ON locker (person_id) WHERE NOT returned;
CREATE TABLE seat_choice (id bigint PRIMARY KEY, person_id bigint REFERENCES person, seat text);
CREATE UNIQUE INDEX seat_choice_key ON seat_choice (person_id, seat);
CREATE UNIQUE INDEX seat_choice_expression ON seat_choice ((person_id + 0));
CREATE TABLE terminal_boss (
    airport_id bigint NOT NULL UNIQUE, code text NOT NULL, FOREIGN KEY (airport_id, code) REFERENCES terminal
);

-- A parent that always has a child: its own mandatory foreign key points back along the same columns.
CREATE TABLE document (id bigint PRIMARY KEY, current_version integer NOT NULL);
CREATE TABLE version (document_id bigint REFERENCES document, number integer, PRIMARY KEY (document_id, number));
ALTER TABLE document ADD FOREIGN KEY (id, current_version) REFERENCES version DEFERRABLE INITIALLY DEFERRED;
-- It points back, but at any row: nothing is proved.
CREATE TABLE album (id bigint PRIMARY KEY, cover_id bigint NOT NULL);
CREATE TABLE photo (id bigint PRIMARY KEY, album_id bigint NOT NULL REFERENCES album);
ALTER TABLE album ADD FOREIGN KEY (cover_id) REFERENCES photo DEFERRABLE;

-- Junctions: by primary key with payload, by surrogate and unique pair, three-way, of a table with itself.
CREATE TABLE crew (id bigint PRIMARY KEY, family_name text);
CREATE TABLE duty (
    flight_id bigint REFERENCES flight, crew_id bigint REFERENCES crew, hours numeric, PRIMARY KEY (flight_id, crew_id)
);
CREATE TABLE skill (id bigint PRIMARY KEY, title text);
CREATE TABLE crew_skill (
    id bigint PRIMARY KEY, crew_id bigint NOT NULL REFERENCES crew, skill_id bigint NOT NULL REFERENCES skill,
    UNIQUE (skill_id, crew_id)
);
CREATE TABLE training (
    crew_id bigint REFERENCES crew, skill_id bigint REFERENCES skill, airport_id bigint REFERENCES airport,
    PRIMARY KEY (crew_id, skill_id, airport_id)
);
CREATE TABLE friendship (
    person_id bigint REFERENCES person, friend_id bigint REFERENCES person, PRIMARY KEY (person_id, friend_id)
);
-- No junction: the pair is not unique; the key has a column of its own.
CREATE TABLE visit (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, skill_id bigint NOT NULL REFERENCES skill);
CREATE TABLE rating (
    person_id bigint REFERENCES person, skill_id bigint REFERENCES skill, on_day date,
    PRIMARY KEY (person_id, skill_id, on_day)
);

-- Weak entity.
CREATE TABLE flight_leg (flight_id bigint REFERENCES flight, leg_no integer, PRIMARY KEY (flight_id, leg_no));

-- Self references: tree, list, pair, plain.
CREATE TABLE unit (id bigint PRIMARY KEY, parent_id bigint REFERENCES unit);
CREATE TABLE step (id bigint PRIMARY KEY, next_id bigint UNIQUE REFERENCES step);
CREATE TABLE guest (
    id bigint PRIMARY KEY, spouse_id bigint UNIQUE REFERENCES guest, invited_by bigint REFERENCES guest
);

-- Inheritance: INHERITS; table per type by a value, by a constant column; a mere extension.
CREATE TABLE logbook (id bigint, written timestamptz);
CREATE TABLE night_logbook (dark boolean) INHERITS (logbook);
CREATE TABLE vehicle (id bigint PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('car', 'ferry')));
CREATE TABLE car (vehicle_id bigint PRIMARY KEY REFERENCES vehicle, doors integer);
CREATE TABLE ferry (vehicle_id bigint PRIMARY KEY REFERENCES vehicle, decks integer);
CREATE TABLE payment (id bigint, kind text, PRIMARY KEY (id), UNIQUE (id, kind));
CREATE TABLE card_payment (
    id bigint PRIMARY KEY, kind text NOT NULL CHECK (kind = 'card'), digits text,
    FOREIGN KEY (id, kind) REFERENCES payment (id, kind)
);
CREATE TABLE person_photo (person_id bigint PRIMARY KEY REFERENCES person, image bytea);

-- Exclusive arcs: each way to say it; and one check that does not exclude.
CREATE TABLE note_a (
    id bigint PRIMARY KEY, flight_id bigint REFERENCES flight, crew_id bigint REFERENCES crew,
    CHECK (num_nonnulls(flight_id, crew_id) = 1)
);
CREATE TABLE note_b (
    id bigint PRIMARY KEY, flight_id bigint REFERENCES flight, crew_id bigint REFERENCES crew,
    CHECK ((flight_id IS NULL) <> (crew_id IS NULL))
);
CREATE TABLE note_c (
    id bigint PRIMARY KEY, flight_id bigint REFERENCES flight, crew_id bigint REFERENCES crew,
    person_id bigint REFERENCES person,
    CHECK ((flight_id IS NOT NULL)::int + (crew_id IS NOT NULL)::int + (person_id IS NOT NULL)::int <= 1)
);
CREATE TABLE note_d (
    id bigint PRIMARY KEY, flight_id bigint REFERENCES flight, crew_id bigint REFERENCES crew, url text,
    CHECK (
        (flight_id IS NOT NULL AND crew_id IS NULL AND url IS NULL)
        OR (flight_id IS NULL AND crew_id IS NOT NULL AND url IS NULL)
        OR (flight_id IS NULL AND crew_id IS NULL AND url IS NOT NULL)
    )
);
CREATE TABLE note_e (
    id bigint PRIMARY KEY, about text NOT NULL, flight_id bigint REFERENCES flight, crew_id bigint REFERENCES crew,
    CHECK (about IN ('flight', 'crew', 'nothing')),
    CHECK ((about = 'flight') = (flight_id IS NOT NULL)),
    CHECK ((about = 'crew') = (crew_id IS NOT NULL))
);
CREATE TABLE note_f (
    id bigint PRIMARY KEY, flight_id bigint REFERENCES flight, crew_id bigint REFERENCES crew,
    CHECK (flight_id IS NOT NULL OR crew_id IS NOT NULL)
);
CREATE TABLE note_g (id bigint PRIMARY KEY, flight_id bigint REFERENCES flight, crew_id bigint REFERENCES crew);
ALTER TABLE note_g ADD CHECK (num_nonnulls(flight_id, crew_id) = 1) NOT VALID;

-- Polymorphic: Rails, Django, a table name; and what only looks so.
CREATE TABLE comment (
    id bigint PRIMARY KEY, commentable_type text NOT NULL, commentable_id bigint NOT NULL,
    CHECK (commentable_type IN ('Flight', 'Crew'))
);
CREATE TABLE attachment (id bigint PRIMARY KEY, "ownerType" text, "ownerId" uuid);
CREATE TABLE change (id bigint PRIMARY KEY, table_name text NOT NULL, record_id text NOT NULL);
CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label text, model text, UNIQUE (app_label, model));
CREATE TABLE tagged (
    id bigint PRIMARY KEY, content_type_id integer NOT NULL REFERENCES django_content_type, object_id text NOT NULL
);
CREATE TABLE vip (id bigint PRIMARY KEY, person_type text, person_id bigint);

-- Lookup tables, and a list that is an entity of its own.
CREATE TABLE country (code char(2) PRIMARY KEY, title text);
CREATE TABLE meal_type (id smallint PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE meal (
    id bigint PRIMARY KEY, meal_type_id smallint NOT NULL REFERENCES meal_type, country_code char(2) REFERENCES country
);

-- Implied: what nobody declared; and what it is not.
CREATE TABLE booking (
    id bigint PRIMARY KEY,
    flight_id bigint NOT NULL,
    booked_by bigint,
    "paidByPersonId" integer,
    external_person_id bigint,
    gate_id text,
    meal_ids bigint[],
    parent_id bigint
);
CREATE INDEX ON booking (flight_id);
CREATE INDEX ON booking ("paidByPersonId");
CREATE TABLE ticket (id bigint PRIMARY KEY, booking_id bigint UNIQUE, country_code char(2));

-- Partitions: one relationship for all of them.
CREATE TABLE reading (gate_id bigint NOT NULL REFERENCES gate, at date NOT NULL, flight_id bigint) PARTITION BY RANGE (at);
CREATE TABLE reading_2025 PARTITION OF reading FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE reading_2026 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
