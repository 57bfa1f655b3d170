"""What trials say of constraints, against statements written by hand and the server's word on them.

Each line below names a constraint, a violation, and the SQLSTATE that it ought to meet. It is run on a copy
of the database: if the server disagrees, the line is wrong; if the trials disagree, they are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from pgdossier.catalog import read
from pgdossier.config import Config
from pgdossier.ddl.script import schema_script
from pgdossier.history.trials import Event, Kind, Outcome, Surprising, Trials, Verdict
from pgdossier.model.redaction import redacted
from pgdossier.pipeline import prove_snapshot
from pgdossier.progress import SILENT
from tests.conftest import MakeDatabase, SharedDatabase
from tests.integration.test_trials import run_tests
from tests.support import trials
from tests.support.command import pgdossier
from tests.support.corpus import find_corpus
from tests.support.servers import PostgresServer

HERE = Path(__file__).parent
LATER = " at the commit"
ACCEPTED = ""

# By schema: the table or type, the kind, the name (of a column where it has none), the SQLSTATE, and the SQL.
BY_HAND = {
    "odd": (
        ("hubs", Kind.PRIMARY_KEY, "hubs_pkey", "23505", "INSERT INTO hubs VALUES (1, 1, 'x'), (1, 1, 'y')"),
        ("hubs", Kind.UNIQUE, "hubs_label", "23505", "INSERT INTO hubs VALUES (1, 1, 'x'), (1, 2, 'x')"),
        ("hubs", Kind.NOT_NULL, "a", "23502", "INSERT INTO hubs VALUES (NULL, 1, 'x')"),
        ("spokes", Kind.FOREIGN_KEY, "spokes_simple", "23503", "INSERT INTO spokes VALUES (1, 8, 8)"),
        (
            "full_spokes",
            Kind.FOREIGN_KEY,
            "spokes_full",
            "23503",
            "INSERT INTO full_spokes VALUES (1, 8, NULL)",
        ),
        ("late", Kind.UNIQUE, "late_code", "23505" + LATER, "INSERT INTO late VALUES (1, 5), (2, 5)"),
        ("late", Kind.FOREIGN_KEY, "late_hub", "23503" + LATER, "INSERT INTO late VALUES (1, 5, 'gone')"),
        ("late", Kind.FOREIGN_KEY, "late_soon", "23503", "INSERT INTO late VALUES (1, 5, NULL, 'gone')"),
        (
            "stays",
            Kind.EXCLUSION,
            "stays_overlap",
            "23P01",
            "INSERT INTO stays VALUES (1, '[2024-01-01,2024-01-05)'), (2, '[2024-01-04,2024-01-09)')",
        ),
        (
            "stays",
            Kind.CHECK,
            "stays_room",
            "23514",
            "INSERT INTO stays VALUES (41, '[2024-01-01,2024-01-05)')",
        ),
        (
            "stays",
            Kind.CHECK,
            "stays_ends",
            "23514",
            "INSERT INTO stays VALUES (1, '[2024-01-01,2300-01-05)')",
        ),
        ("stays", Kind.CHECK, "stays_given", "23514", "INSERT INTO stays VALUES (1, 'empty')"),
        (
            "stays",
            Kind.LENGTH,
            "fee",
            "22003",
            "INSERT INTO stays VALUES (1, '[2024-01-01,2024-01-05)', 10000)",
        ),
        (
            "measures",
            Kind.CHECK,
            "measures_code",
            "23514",
            "INSERT INTO measures (id, code) VALUES (1, 'abc-12')",
        ),
        (
            "measures",
            Kind.CHECK,
            "measures_day",
            "23514",
            "INSERT INTO measures (id, day) VALUES (1, '1999-12-31')",
        ),
        (
            "measures",
            Kind.CHECK,
            "measures_span",
            "23514",
            "ALTER TABLE measures DROP CONSTRAINT measures_order;"
            "INSERT INTO measures (id, low, high, stern) VALUES (1, 2, 1, 'a')",
        ),
        (
            "measures",
            Kind.CHECK,
            "measures_tints",
            "23514",
            "INSERT INTO measures (id, tints) VALUES (1, '{red,red,green}')",
        ),
        (
            "measures",
            Kind.CHECK,
            "measures_data",
            "23514",
            "INSERT INTO measures (id, data) VALUES (1, '[1]')",
        ),
        (
            "measures",
            Kind.CHECK,
            "measures_order",
            "23514",
            "INSERT INTO measures (id, low, high) VALUES (1, 2, 1)",
        ),
        ("measures", Kind.LENGTH, "share", "22003", "INSERT INTO measures (id, share) VALUES (1, 1000)"),
        ("measures", Kind.LENGTH, "flags", "22026", "INSERT INTO measures (id, flags) VALUES (1, B'1010')"),
        ("measures", Kind.LENGTH, "names", "22001", "INSERT INTO measures (id, names) VALUES (1, '{abcde}')"),
        (
            "measures",
            Kind.UNIQUE,
            "measures_upper",
            "23505",
            "INSERT INTO measures (id, low, code, stern) VALUES (1, 1, 'ABC-12', 'a'), (2, 2, 'ABC-12', 'b')",
        ),
        ("tint", Kind.ENUM, "tint", "22P02", "SELECT 'blue'::tint"),
        ("short", Kind.DOMAIN_CHECK, "short_long", "23514", "SELECT 'abcdef'::short"),
        ("stern", Kind.DOMAIN_CHECK, "stern_form", "23514", "SELECT 'ABC'::stern"),
        ("eggs", Kind.FOREIGN_KEY, "eggs_hen", "23503" + LATER, "INSERT INTO eggs VALUES (1, 9)"),
        ("hens", Kind.FOREIGN_KEY, "hens_egg", "23503", "INSERT INTO hens VALUES (1, 9)"),
        ("base", Kind.CHECK, "base_size", "23514", "INSERT INTO base VALUES (1, 0)"),
        ("heirs", Kind.CHECK, "heirs_note", "23514", "INSERT INTO heirs VALUES (1, 1, '')"),
        ("heirs", Kind.NOT_NULL, "note", "23502", "INSERT INTO heirs VALUES (1, 1, NULL)"),
        ("parts", Kind.CHECK, "parts_amount", "23514", "INSERT INTO parts VALUES (1, 'red', 13)"),
        ("parts", Kind.NOT_NULL, "id", "23502", "INSERT INTO parts VALUES (NULL, 'red', 1)"),
        ("parts", Kind.NOT_NULL, "kind", "23502", "INSERT INTO parts_red VALUES (1, NULL, 1)"),
        ("parts", Kind.PRIMARY_KEY, "parts_pkey", "23505", "INSERT INTO parts VALUES (1, 'red'), (1, 'red')"),
        ("parts_green", Kind.CHECK, "green_amount", "23514", "INSERT INTO parts VALUES (1, 'green', 100)"),
        ("uses", Kind.FOREIGN_KEY, "uses_part", "23503", "INSERT INTO uses VALUES (1, 1, 'red')"),
        ("old", Kind.CHECK, "old_size", "23514", "INSERT INTO old VALUES (1, NULL, 10)"),
        ("old", Kind.FOREIGN_KEY, "old_hub", "23503", "INSERT INTO old VALUES (1, 'gone')"),
        (
            "dropped",
            Kind.CHECK,
            "dropped_size",
            "23514",
            "ALTER TABLE dropped DISABLE TRIGGER drops; INSERT INTO dropped VALUES (1, -9)",
        ),
        (
            "altered",
            Kind.NOT_NULL,
            "name",
            "23502",
            "ALTER TABLE altered DISABLE TRIGGER alters; INSERT INTO altered VALUES (1, NULL)",
        ),
        (
            "leafed",
            Kind.CHECK,
            "leafed_size",
            "23514",
            "ALTER TABLE leafed_all DISABLE TRIGGER drops; INSERT INTO leafed VALUES (1, -9)",
        ),
        ("trees", Kind.FOREIGN_KEY, "trees_above", "23503", "INSERT INTO trees VALUES (1, 2)"),
    ),
    "odd since 18": (
        ("wishes", Kind.CHECK, "wishes_size", ACCEPTED, "INSERT INTO wishes (id, size) VALUES (1, -1)"),
        (
            "wishes",
            Kind.FOREIGN_KEY,
            "wishes_hub",
            ACCEPTED,
            "INSERT INTO wishes (id, size, hub) VALUES (1, 1, 'no')",
        ),
        ("wishes", Kind.NOT_NULL, "wishes_doubled", "23502", "INSERT INTO wishes (id, size) VALUES (1, 7)"),
        ("alike", Kind.UNIQUE, "alike_key", "23505", "INSERT INTO alike VALUES (1, NULL), (1, NULL)"),
        ("partly", Kind.FOREIGN_KEY, "partly_hub", "23503", "INSERT INTO partly VALUES (1, 8, 8)"),
        (
            "rates",
            Kind.PRIMARY_KEY,
            "rates_pkey",
            "23P01",
            "INSERT INTO rates VALUES"
            " ('[1,1]', '[2024-01-01,2024-02-01)'), ('[1,1]', '[2024-01-09,2024-03-01)')",
        ),
    ),
    "chinook": (
        ("album", Kind.NOT_NULL, "title", "23502", "INSERT INTO album VALUES (1, NULL, 1)"),
        ("album", Kind.FOREIGN_KEY, "album_artist_id_fkey", "23503", "INSERT INTO album VALUES (1, 't', 7)"),
        ("artist", Kind.PRIMARY_KEY, "artist_pkey", "23505", "INSERT INTO artist VALUES (1, 'a'), (1, 'b')"),
        ("artist", Kind.LENGTH, "name", "22001", "INSERT INTO artist VALUES (1, repeat('x', 121))"),
        (
            "employee",
            Kind.FOREIGN_KEY,
            "employee_reports_to_fkey",
            "23503",
            "INSERT INTO employee (employee_id, last_name, first_name, reports_to) VALUES (1, 'a', 'b', 2)",
        ),
        (
            "playlist_track",
            Kind.FOREIGN_KEY,
            "playlist_track_track_id_fkey",
            "23503",
            "INSERT INTO playlist VALUES (1, 'p'); INSERT INTO playlist_track VALUES (1, 7)",
        ),
    ),
    "pagila": (
        ("actor", Kind.NOT_NULL, "first_name", "23502", "INSERT INTO actor (last_name) VALUES ('x')"),
        ("year", Kind.DOMAIN_CHECK, "year_check", "23514", "SELECT 1900::year"),
        ("mpaa_rating", Kind.ENUM, "mpaa_rating", "22P02", "SELECT 'X'::mpaa_rating"),
        (
            "city",
            Kind.FOREIGN_KEY,
            "city_country_id_fkey",
            "23503",
            "INSERT INTO city (city, country_id) VALUES ('x', 9)",
        ),
        ("language", Kind.LENGTH, "name", "22001", "INSERT INTO language (name) VALUES (repeat('x', 21))"),
        (
            "film",
            Kind.NOT_NULL,
            "fulltext",
            "23502",
            "ALTER TABLE film DISABLE TRIGGER film_fulltext_trigger;"
            "INSERT INTO language (language_id, name) VALUES (1, 'x');"
            "INSERT INTO film (title, language_id) VALUES ('x', 1)",
        ),
        (
            "film_actor",
            Kind.FOREIGN_KEY,
            "film_actor_film_id_fkey",
            "23503",
            "INSERT INTO actor VALUES (1, 'a', 'b'); INSERT INTO film_actor VALUES (1, 9)",
        ),
        (
            "packages_apt_postgresql_org",
            Kind.NOT_NULL,
            "id",
            "23502",
            "INSERT INTO packages_apt_postgresql_org (id) OVERRIDING SYSTEM VALUE VALUES (NULL)",
        ),
    ),
    "shop": (
        (
            "countries",
            Kind.CHECK,
            "chk_countries_vat",
            "23514",
            "INSERT INTO account.countries VALUES ('DE', 'D', '49', true, NULL)",
        ),
        (
            "countries",
            Kind.UNIQUE,
            "uq_countries_name",
            "23505",
            "INSERT INTO account.countries VALUES ('DE', 'D', '49'), ('FR', 'D', '33')",
        ),
        (
            "users",
            Kind.CHECK,
            "chk_users_status",
            "23514",
            "INSERT INTO account.users (email, password_hash, first_name, last_name, status)"
            " VALUES ('a@b.cc', 'x', 'a', 'b', 'lost')",
        ),
        (
            "users",
            Kind.FOREIGN_KEY,
            "users_default_address_id_fkey",
            "23503" + LATER,
            "INSERT INTO account.users (email, password_hash, first_name, last_name, default_address_id)"
            " VALUES ('a@b.cc', 'x', 'a', 'b', 7)",
        ),
        (
            "currencies",
            Kind.CHECK,
            "chk_currencies_minor_digits",
            "23514",
            "INSERT INTO catalogue.currencies VALUES ('EUR', 978, 'Euro', 5)",
        ),
        (
            "price_lists",
            Kind.UNIQUE,
            "uq_price_lists_default",
            "23505",
            "INSERT INTO catalogue.currencies VALUES ('EUR', 978, 'Euro', 2);"
            "INSERT INTO catalogue.price_lists (code, name, currency_code, is_default)"
            " VALUES ('a', 'a', 'EUR', true), ('b', 'b', 'EUR', true)",
        ),
        (
            "categories",
            Kind.CHECK,
            "chk_categories_slug",
            "23514",
            "INSERT INTO catalogue.categories (slug, name) VALUES ('Not A Slug', 'x')",
        ),
        (
            "coupons",
            Kind.CHECK,
            "chk_coupons_value",
            "23514",
            "INSERT INTO sales.coupons (code, percent_off, amount_off, valid_during)"
            " VALUES ('ABCD', 1, 1, '(,)')",
        ),
        ("quantity", Kind.DOMAIN_CHECK, "chk_quantity", "23514", "SELECT 0::catalogue.quantity"),
        ("sku", Kind.DOMAIN_CHECK, "chk_sku", "23514", "SELECT 'abc'::catalogue.sku"),
    ),
}

# By hand what happens to a child: the foreign key, the event, and a query after it, with its answer.
ACTIONS = (
    (
        "spokes_full",
        Event.DELETE,
        "INSERT INTO hubs VALUES (1, 1); INSERT INTO full_spokes VALUES (1, 1, 1); DELETE FROM hubs",
        "SELECT a IS NULL AND b IS NULL FROM full_spokes",
    ),
    (
        "uses_part",
        Event.UPDATE,
        "INSERT INTO parts VALUES (1, 'red'); INSERT INTO uses VALUES (1, 1, 'red'); UPDATE parts SET id = 2",
        "SELECT part = 2 FROM uses",
    ),
    (
        "uses_part",
        Event.DELETE,
        "INSERT INTO parts VALUES (1, 'red'); INSERT INTO uses VALUES (1, 1, 'red'); DELETE FROM parts",
        "SELECT count(*) = 0 FROM uses",
    ),
    (
        "old_hub",
        Event.UPDATE,
        "INSERT INTO hubs VALUES (1, 1, 'x'); INSERT INTO old VALUES (1, 'x'); UPDATE hubs SET label = 'y'",
        "SELECT hub = 'y' FROM old",
    ),
    (
        "trees_above",
        Event.DELETE,
        "INSERT INTO trees VALUES (1, NULL), (2, 1), (3, 2); DELETE FROM trees WHERE id = 1",
        "SELECT count(*) = 0 FROM trees",
    ),
    (
        "mids_top",
        Event.DELETE,
        "ALTER TABLE lows DISABLE TRIGGER refuses;"
        "INSERT INTO tops VALUES (1); INSERT INTO mids VALUES (1, 1); DELETE FROM tops",
        "SELECT count(*) = 0 FROM mids",
    ),
    (
        "serfs_lord",
        Event.DELETE,
        "ALTER TABLE serfs DISABLE TRIGGER keeps;"
        "INSERT INTO lords VALUES (1); INSERT INTO serfs VALUES (1, 1); DELETE FROM lords",
        "SELECT count(*) = 0 FROM serfs",
    ),
)

# By hand what may surprise: the kind, the name, and what is accepted as the database is, with its answer.
SURPRISES = (
    (
        Surprising.NULL_PASSES,
        "base_size",
        "INSERT INTO base VALUES (1, NULL)",
        "SELECT count(*) = 1 FROM base",
    ),
    (
        Surprising.SEVERAL_NULLS,
        "hubs_label",
        "INSERT INTO hubs VALUES (1, 1, NULL), (1, 2, NULL)",
        "SELECT count(*) = 2 FROM hubs",
    ),
    (
        Surprising.PARTLY_NULL,
        "spokes_simple",
        "INSERT INTO spokes VALUES (1, NULL, 8)",
        "SELECT count(*) = 1 FROM spokes",
    ),
    (
        Surprising.AT_COMMIT,
        "late_hub",
        "INSERT INTO late VALUES (1, 5, 'x'); INSERT INTO hubs VALUES (1, 1, 'x')",
        "SELECT count(*) = 1 FROM late",
    ),
    (
        Surprising.TRIGGER,
        "serfs_lord",
        "INSERT INTO lords VALUES (1); INSERT INTO serfs VALUES (1, 1); DELETE FROM lords",
        "SELECT count(*) = 1 FROM serfs",
    ),
    (
        Surprising.TRIGGER,
        "pets_owner",
        "INSERT INTO owners VALUES (1); INSERT INTO pets VALUES (1, 1); DELETE FROM owners",
        "SELECT count(*) = 0 FROM pets",
    ),
    (
        Surprising.DROPPED,
        "dropped_size",
        "INSERT INTO dropped VALUES (1, -9)",
        "SELECT count(*) = 0 FROM dropped",
    ),
    (
        Surprising.DROPPED,
        "leafed_size",
        "INSERT INTO leafed VALUES (1, -9)",
        "SELECT count(*) = 0 FROM leafed",
    ),
    (
        Surprising.MENDED,
        "altered",
        "INSERT INTO altered VALUES (1, NULL)",
        "SELECT name = 'unnamed' FROM altered",
    ),
)


class Tried(NamedTuple):
    """What was found, and an empty copy to try by hand."""

    trials: Trials
    copy: str
    tests: str
    script: str


@pytest.fixture(scope="module")
def tried(
    server: PostgresServer, shared_database: SharedDatabase, pytestconfig: pytest.Config
) -> dict[str, Tried]:
    """The schemas with what trials say of them."""
    odd = (HERE / "hand_checked.sql").read_text(encoding="utf-8")
    if server.major >= 18:
        odd += (HERE / "hand_checked_18.sql").read_text(encoding="utf-8")
    scripts = {
        "odd": odd,
        "shop": (trials.REPOSITORY / "samples/shop/shop.sql").read_text(encoding="utf-8"),
    }
    corpus = find_corpus(pytestconfig.getoption("--corpus"), trials.REPOSITORY)
    if corpus is not None:
        for name in ("chinook", "pagila"):
            scripts[name] = (corpus / f"{name}.sql").read_text(encoding="utf-8")
    found = {}
    for name, script in scripts.items():
        snapshot = read(shared_database(server, f"by_hand_{name}", script))
        again = schema_script(snapshot)
        copy = shared_database(server, f"by_hand_copy_{name}", again)
        proof = prove_snapshot(snapshot, Config(), SILENT, tests=("pytest",))
        found[name] = Tried(proof.trials, copy, proof.tests["pytest"], again)
    if server.major >= 18:
        found["odd since 18"] = found["odd"]
    return found


def said(url: str, sql: str) -> tuple[str, str]:
    """What a server says to statements: the SQLSTATE, and the constraint or column; then all is undone."""
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = public")
        when = ""
        try:
            connection.execute(sql.encode())
            when = LATER
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.Error as error:
            name = error.diag.constraint_name or error.diag.column_name or ""
            connection.rollback()
            return f"{error.sqlstate}{when}", name
        connection.rollback()
    return ACCEPTED, ""


@pytest.mark.parametrize("schema", BY_HAND)
def test_every_verdict_is_what_was_found_by_hand(schema: str, tried: dict[str, Tried]) -> None:
    """The server meets each violation with what is written here, and so do the trials."""
    if schema not in tried:
        pytest.skip("PostgreSQL 18 is needed, or the corpus is not here")
    found, copy, _, _ = tried[schema]
    wrong = []
    for table, kind, name, state, sql in BY_HAND[schema]:
        answer, named = said(copy, sql)
        if answer != state or (state and kind in _NAMED and named != name):
            wrong.append(f"the server: {name}: {answer} {named}")
        one = next(
            each
            for each in found.constraints
            if each.kind == kind
            and each.object.name == table
            and (each.name == name or each.columns == (name,))
        )
        verdict = Verdict.REJECTS
        if state.endswith(LATER):
            verdict = Verdict.AT_COMMIT
        elif not state:
            verdict = Verdict.NOT_ENFORCED
        if (one.verdict, one.sqlstate) != (verdict, state.removesuffix(LATER)):
            wrong.append(f"the trials: {name}: {one.verdict} {one.sqlstate} {one.reason}")
    assert wrong == []


# Primary keys of partitions have names of their own.
_NAMED = (Kind.CHECK, Kind.UNIQUE, Kind.FOREIGN_KEY, Kind.EXCLUSION, Kind.DOMAIN_CHECK)


def test_nothing_is_called_accepted(tried: dict[str, Tried]) -> None:
    """No constraint of these schemas accepts what it forbids, and no action does otherwise."""
    for name, one in tried.items():
        assert [each.what for each in one.trials.unexplained] == [], name
        assert [each.name for each in one.trials.constraints if each.verdict is Verdict.ACCEPTS] == [], name


def holds(url: str, sql: str, query: str) -> bool:
    """Whether a query says true after statements; then all is undone."""
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = public")
        connection.execute(sql.encode())
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        rows = connection.execute(query.encode()).fetchall()
        connection.rollback()
    return rows == [(True,)]


def test_every_action_is_what_was_found_by_hand(tried: dict[str, Tried]) -> None:
    """Children become by hand what their foreign key declares, and the trials say the same."""
    found, copy, _, _ = tried["odd"]
    for name, event, sql, query in ACTIONS:
        assert holds(copy, sql, query), name
        one = next(each for each in found.actions if (each.name, each.event) == (name, event))
        assert one.outcome is Outcome.AS_DECLARED, name


def test_every_surprise_happens_by_hand(tried: dict[str, Tried]) -> None:
    """What is told as surprising is accepted by the database as it is, triggers and all."""
    found, copy, _, _ = tried["odd"]
    for kind, name, sql, query in SURPRISES:
        assert holds(copy, sql, query), name
        told = [each for each in found.surprises if each.kind == kind]
        assert any(name in (each.name, each.object.name) for each in told), (name, told)


def test_a_trigger_that_drops_the_row_is_not_said_to_mend_it(tried: dict[str, Tried]) -> None:
    """The words tell what the trigger does: drop the row, mend it, or see to the children."""
    words = {each.name: each.what for each in tried["odd"].trials.surprises if "trigger" in each.what}
    assert words["dropped_size"] == "a trigger drops the row with size = '-5' before dropped_size sees it"
    assert "a trigger sees to the children first" in words["pets_owner"]
    assert any(each.startswith("a trigger mends name = NULL") for each in words.values())


def test_only_one_nullable_column_is_enough_to_pass_unchecked(tried: dict[str, Tried]) -> None:
    """MATCH FULL and keys of one column are not said to let rows pass that are NULL in part."""
    told = {each.name for each in tried["odd"].trials.surprises if each.kind is Surprising.PARTLY_NULL}
    assert told - {"partly_hub"} == {"spokes_simple", "uses_part"}


_COPIES = 4

# One change by hand for each kind, and the emitted test that it makes fail.
DROPS = (
    ("ALTER TABLE heirs ALTER COLUMN note DROP NOT NULL", r"heirs_not_null_\w*note"),
    ("ALTER TABLE parts DROP CONSTRAINT parts_amount", "parts_amount"),
    ("ALTER TABLE spokes DROP CONSTRAINT spokes_pkey", "spokes_pkey"),
    ("ALTER TABLE late DROP CONSTRAINT late_code", "late_code"),
    ("DROP INDEX measures_upper", "measures_upper"),
    ("ALTER TABLE stays DROP CONSTRAINT stays_overlap", "stays_overlap"),
    ("ALTER TABLE spokes DROP CONSTRAINT spokes_simple", "spokes_simple"),
    ("ALTER DOMAIN short DROP CONSTRAINT short_long", "short_long"),
    ("ALTER TYPE tint ADD VALUE 'no such label'", "tint"),
    ("ALTER TABLE measures ALTER COLUMN share TYPE numeric", "share"),
    (
        "ALTER TABLE trees DROP CONSTRAINT trees_above,"
        " ADD CONSTRAINT trees_above FOREIGN KEY (above) REFERENCES trees ON DELETE SET NULL",
        "delete_of_the_parent_trees_above",
    ),
)


def test_emitted_tests_are_green_and_turn_red_for_every_kind(
    server: PostgresServer, make_database: MakeDatabase, tried: dict[str, Tried], tmp_path: Path
) -> None:
    """The pytest file passes on a copy, and the test of whatever is dropped fails when it is dropped."""
    one = tried["odd"]
    code, output = run_tests(one.tests, one.copy, tmp_path)
    assert code == 0, output
    for first in range(_COPIES):
        changes = DROPS[first::_COPIES]
        statements = ";\n".join(change for change, _ in changes)
        copy = make_database(server, f"{one.script}\nSET search_path = public;\n{statements};\n")
        code, output = run_tests(one.tests, copy, tmp_path)
        assert code == 1, changes
        for change, test in changes:
            assert re.search(rf"FAILED \S+_{test}", output), (change, output)


def test_what_was_redacted_is_not_tried(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A condition that lost its values is not said to reject anything, and it ends soon, with the reason."""
    url = make_database(
        server,
        """
        CREATE DOMAIN mail AS text CONSTRAINT mail_form CHECK (VALUE ~ '^[a-z]+@[a-z]+$');
        CREATE TABLE people (
            id integer PRIMARY KEY, mail mail NOT NULL,
            state text CONSTRAINT people_state CHECK (state IN ('in', 'out')),
            born date CONSTRAINT people_born CHECK (born > DATE '2001-01-01')
        );
        """,
    )
    hidden = redacted(read(url), ("[a-z]+",))
    found = prove_snapshot(hidden, Config(), SILENT).trials
    reasons = {one.name: one.reason for one in found.constraints if one.reason}
    assert found.unexplained == ()
    assert "redacted" in reasons["mail_form"]
    assert reasons["people_state"]
    assert [one for one in found.constraints if one.name == "people_state" and one.sqlstate] == []


def test_what_no_row_answers_is_given_up(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A condition that the server can evaluate on no row is named as the reason, after a bounded search."""
    url = make_database(
        server,
        """
        CREATE FUNCTION never(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
            'BEGIN RAISE EXCEPTION USING MESSAGE = $1; END';
        CREATE TABLE stuck (
            one text NOT NULL, two text NOT NULL, three text NOT NULL,
            CONSTRAINT stuck_never CHECK (never(one, two) OR one ~ 'a' OR two ~ 'b' OR three ~ 'c')
        );
        """,
    )
    found = prove_snapshot(read(url), Config(), SILENT).trials
    (row,) = found.rows
    assert row.reason == "the server could not evaluate stuck_never on any of the rows that were tried"
    assert found.unexplained == ()


def test_what_a_rule_takes_away_is_not_called_accepted(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """Where a rule puts rows elsewhere, constraints are not tried, and the reason is told."""
    url = make_database(
        server,
        """
        CREATE TABLE other (id integer, size integer);
        CREATE TABLE led (id integer, size integer CONSTRAINT led_size CHECK (size > 0));
        CREATE RULE leads AS ON INSERT TO led DO INSTEAD INSERT INTO other VALUES (NEW.id, NEW.size)
            RETURNING other.id, other.size;
        """,
    )
    found = prove_snapshot(read(url), Config(), SILENT).trials
    (check,) = found.constraints
    assert (check.verdict, check.reason) == (Verdict.NOT_TRIED, "a rule rewrites what is inserted")
    assert found.unexplained == ()


def test_every_foreign_key_has_a_mark_of_its_own(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """§5.3 has a line for each foreign key; §8.1 says what a trigger mends; both in any language."""
    url = make_database(server, (HERE / "hand_checked.sql").read_text(encoding="utf-8"))
    done = pgdossier("generate", url, "-o", tmp_path / "doc", "--verify", "--probe", home=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "doc" / "README.md").read_text(encoding="utf-8")
    lines = [each for each in page.splitlines() if "`late_hub` |" in each]
    assert any(
        "| rejected at the commit (23503) | as declared, at the commit (23503) |" in each for each in lines
    )
    for name in ("spokes_simple", "eggs_hen", "serfs_lord", "old_hub", "uses_part"):
        assert any(f"| `{name}` | reject" in each for each in page.splitlines()), name
    assert "`name = NULL` (23502); triggers disabled: a trigger mends it" in page
    assert "A foreign key is not checked when it is NULL in part: 2" in page
