"""Constraints and referential actions tried on rebuilt copies: what is found, and what is never done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from pgdossier.catalog import read
from pgdossier.config import Config
from pgdossier.ddl.script import schema_script
from pgdossier.errors import UsageError
from pgdossier.history.trials import Event, Kind, Outcome, Surprising, Trials, Verdict
from pgdossier.pipeline import prove_snapshot
from pgdossier.progress import SILENT
from pgdossier.servers import scratch
from tests.conftest import CorpusDatabase, MakeDatabase
from tests.integration.test_torture import FAMILIES, load
from tests.support import trials
from tests.support.command import pgdossier
from tests.support.roundtrip import drop_subscriptions, dumped
from tests.support.servers import PostgresServer

# Everything that can be restricted, each in the plainest way.
PLAIN = """
    CREATE TYPE mood AS ENUM ('fine', 'bad');
    CREATE DOMAIN code AS varchar(4) CONSTRAINT code_form CHECK (VALUE ~ '^[A-Z]{2}[0-9]{1,2}$');
    CREATE DOMAIN given AS integer NOT NULL;
    CREATE TABLE kinds (code code PRIMARY KEY, mood mood NOT NULL, weight numeric(5, 2));
    CREATE TABLE things (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind code NOT NULL REFERENCES kinds ON UPDATE CASCADE ON DELETE RESTRICT,
        parent integer REFERENCES things ON DELETE SET NULL,
        name text NOT NULL CONSTRAINT things_name_long CHECK (length(name) BETWEEN 3 AND 20),
        starts date NOT NULL,
        ends date,
        number given DEFAULT 3,
        whole integer GENERATED ALWAYS AS (nullif(length(name), 7)) STORED NOT NULL,
        CONSTRAINT things_period CHECK (ends > starts),
        CONSTRAINT things_name_key UNIQUE (name),
        EXCLUDE USING gist (daterange(starts, ends) WITH &&)
    );
    CREATE UNIQUE INDEX things_ends ON things (lower(name), ends) WHERE number > 2;
    CREATE TABLE parts (
        thing integer REFERENCES things ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        line smallint,
        PRIMARY KEY (thing, line)
    );
    ALTER TABLE parts ADD CONSTRAINT parts_line_check CHECK (line > 0) NOT VALID;
"""


def tried(url: str) -> Trials:
    """What is found on a copy of that database."""
    return prove_snapshot(read(url), Config(), SILENT).trials


def verdicts(found: Trials) -> dict[tuple[str, str], tuple[str, str]]:
    """The verdict and the SQLSTATE by kind and name."""
    return {(one.kind, one.name): (one.verdict, one.sqlstate) for one in found.constraints}


def test_every_kind_of_constraint_is_violated(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Each one rejects its violation, with its own SQLSTATE; none is left out."""
    found = tried(make_database(server, PLAIN))
    assert [row.reason for row in found.rows if not row.built] == []
    assert [one for one in found.constraints if one.reason] == []
    said = verdicts(found)
    assert said[Kind.CHECK, "things_period"] == (Verdict.REJECTS, "23514")
    assert said[Kind.CHECK, "parts_line_check"] == (Verdict.REJECTS, "23514")
    assert said[Kind.UNIQUE, "things_ends"] == (Verdict.REJECTS, "23505")
    assert said[Kind.EXCLUSION, "things_daterange_excl"] == (Verdict.REJECTS, "23P01")
    assert said[Kind.FOREIGN_KEY, "things_kind_fkey"] == (Verdict.REJECTS, "23503")
    assert said[Kind.FOREIGN_KEY, "parts_thing_fkey"] == (Verdict.AT_COMMIT, "23503")
    assert said[Kind.DOMAIN_CHECK, "code_form"] == (Verdict.REJECTS, "23514")
    assert said[Kind.ENUM, "mood"] == (Verdict.REJECTS, "22P02")
    assert said[Kind.LENGTH, "weight"] == (Verdict.REJECTS, "22003")
    assert {one.kind for one in found.constraints} == set(Kind)
    assert found.unexplained == ()
    assert Counter((one.event, one.outcome) for one in found.actions) == {
        (Event.DELETE, Outcome.AS_DECLARED): 3,
        (Event.UPDATE, Outcome.AS_DECLARED): 1,
        (Event.UPDATE, Outcome.IMPOSSIBLE): 2,
    }
    assert [(one.table.name, one.outcome, one.deleted[0].name) for one in found.reaches] == [
        ("things", Outcome.AS_DECLARED, "parts")
    ]


def test_what_is_surprising_is_said(server: PostgresServer, make_database: MakeDatabase) -> None:
    """NULL in a check, several NULLs in a key, checks at the commit, and triggers in the way are told."""
    url = make_database(
        server,
        """
        CREATE TABLE a (id integer PRIMARY KEY, tag text UNIQUE, size integer CHECK (size > 0));
        CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a ON DELETE CASCADE);
        CREATE TABLE c (a integer NOT NULL REFERENCES a DEFERRABLE INITIALLY DEFERRED);
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER kept BEFORE DELETE ON b FOR EACH ROW EXECUTE FUNCTION keep();
        CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN NEW.size := abs(NEW.size) + 1; RETURN NEW; END';
        CREATE TRIGGER mended BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION mend();
        """,
    )
    found = tried(url)
    assert {(one.kind, one.name) for one in found.surprises} == {
        (Surprising.NULL_PASSES, "a_size_check"),
        (Surprising.SEVERAL_NULLS, "a_tag_key"),
        (Surprising.AT_COMMIT, "c_a_fkey"),
        (Surprising.TRIGGER, "b_a_fkey"),
        (Surprising.MENDED, "a_size_check"),
        (Surprising.TRIGGER, "a"),
    }


def test_a_trigger_that_keeps_rows_explains_a_cascade(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """A cascade that a trigger stops in silence is as declared without it; that it does so is told."""
    url = make_database(
        server,
        """
        CREATE TABLE parents (id integer PRIMARY KEY);
        CREATE TABLE children (id integer PRIMARY KEY, parent integer REFERENCES parents ON DELETE CASCADE);
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER keep BEFORE DELETE ON children FOR EACH ROW EXECUTE FUNCTION keep();
        """,
    )
    found = tried(url)
    (reach,) = found.reaches
    assert reach.outcome is Outcome.AS_DECLARED
    assert reach.notes == ("triggers disabled: rows stay in public.children",)
    assert [table.name for table in reach.deleted] == ["children"]
    assert not found.unexplained
    told = {each.name for each in found.surprises if each.kind is Surprising.TRIGGER}
    assert told == {"parents", "children_parent_fkey"}


def test_what_one_domain_asks_for_another_may_forbid(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """A row is found for a domain over a domain whose condition leaves out the nearest value of the other."""
    url = make_database(
        server,
        """
        CREATE DOMAIN inner_code AS text CHECK (VALUE ~ '^[A-Z]{2}[0-9]{3}$');
        CREATE DOMAIN outer_code AS inner_code NOT NULL CHECK (VALUE <> 'AA000');
        CREATE TABLE coded (id integer PRIMARY KEY, code outer_code, codes inner_code[]);
        """,
    )
    found = tried(url)
    assert [row.built for row in found.rows] == [True]
    assert {each.verdict for each in found.constraints} == {Verdict.REJECTS}


def test_keys_without_overlaps_are_violated(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A temporal primary key is a key, and rejects as an exclusion does."""
    if server.major < 18:
        pytest.skip("WITHOUT OVERLAPS came with PostgreSQL 18")
    url = make_database(
        server,
        """
        CREATE TABLE prices (item int4range, valid daterange, PRIMARY KEY (item, valid WITHOUT OVERLAPS));
        CREATE TABLE sales (
            id integer PRIMARY KEY, item int4range, valid daterange,
            FOREIGN KEY (item, PERIOD valid) REFERENCES prices (item, PERIOD valid)
        );
        """,
    )
    found = verdicts(tried(url))
    assert found["primary key", "prices_pkey"] == ("rejects", "23P01")
    assert found["foreign key", "sales_item_valid_fkey"] == ("rejects", "23503")


@pytest.mark.parametrize("name", ["chinook", "pagila"])
def test_the_numbers_of_the_page_hold(
    server: PostgresServer, corpus_database: CorpusDatabase, name: str
) -> None:
    """The lines of docs/trials.md about the small schemas are what is measured."""
    found = tried(corpus_database(server, name))
    assert trials.line(name, found) in trials.PAGE.read_text(encoding="utf-8")


def test_the_shop_is_tried(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> None:
    """The shop's line of docs/trials.md holds, and its tests run green on a rebuilt copy."""
    url = make_database(server, (trials.REPOSITORY / "samples/shop/shop.sql").read_text(encoding="utf-8"))
    proof = trials.proof(url, ("pytest", "pgtap"))
    assert trials.line("shop", proof.trials) in trials.PAGE.read_text(encoding="utf-8")
    copy = make_database(server, schema_script(read(url)))
    assert run_tests(proof.tests["pytest"], copy, tmp_path)[0] == 0
    assert pgtap_failures(proof.tests["pgtap"], copy) == []


def test_old_and_new_servers_find_the_same(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """On every major the same constraints reject the same, and the actions do the same."""
    if any_server.major not in (13, 18):
        pytest.skip("the oldest and the newest server are enough")
    source = make_database(any_server, PLAIN)
    empty = make_database(any_server)
    found = prove_snapshot(read(source), Config(), SILENT, scratch=empty).trials
    assert found.major == any_server.major
    assert Counter(one.verdict for one in found.constraints) == {Verdict.REJECTS: 26, Verdict.AT_COMMIT: 1}
    assert found.unexplained == ()


def test_no_schema_however_odd_is_told_wrong(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """On the torture schemas nothing is called accepted or otherwise, and what is not tried has a reason."""
    if any_server.major not in (13, 18):
        pytest.skip("the oldest and the newest server are enough")
    url = load(any_server, list(FAMILIES), make_database)
    try:
        found = prove_snapshot(read(url), Config(), SILENT, scratch=make_database(any_server)).trials
    finally:
        drop_subscriptions(url)
    assert found.unexplained == ()
    assert [one for one in found.constraints if (one.verdict is Verdict.NOT_TRIED) != bool(one.reason)] == []
    assert [row for row in found.rows if row.built == bool(row.reason)] == []
    tried_ones = sum(one.verdict is not Verdict.NOT_TRIED for one in found.constraints)
    assert tried_ones >= 0.85 * len(found.constraints)
    assert sum(row.built for row in found.rows) >= 0.9 * len(found.rows)


def test_the_document_states_what_was_tried(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """`generate --verify --probe` marks constraints; a refresh without it keeps the marks, byte for byte."""
    url = make_database(server, PLAIN)
    folder = tmp_path / "doc"
    alone = pgdossier("generate", url, "-o", folder, "--probe", home=tmp_path)
    assert alone.returncode == 2
    done = pgdossier("generate", url, "-o", folder, "--verify", "--probe", home=tmp_path)
    assert done.returncode == 0, done.stderr
    files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    page = files["README.md"].decode()
    assert "| rejects `ends = " in page
    assert "– probed: as foretold" in page
    assert "things_period lets NULL pass in ends" in page
    again = pgdossier("generate", url, "-o", folder, home=tmp_path)
    assert again.returncode == 0, again.stderr
    assert {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == files
    psycopg.connect(url, autocommit=True).execute("ALTER TABLE parts ADD note text").connection.close()
    changed = pgdossier("generate", url, "-o", folder, home=tmp_path)
    assert changed.returncode == 0, changed.stderr
    assert not (folder / "trials.json").exists()
    assert "robed" not in (folder / "README.md").read_text(encoding="utf-8")


def run_tests(text: str, url: str, folder: Path) -> tuple[int, str]:
    """Run an emitted pytest file against a database: its exit code, and what it said."""
    file = folder / "test_emitted.py"
    file.write_text(text, encoding="utf-8")
    environment = dict(os.environ) | {"PGDOSSIER_TEST_DSN": url}
    arguments = ["-q", "-p", "no:cacheprovider", "--rootdir", str(folder), "-c", os.devnull, "--tb=line"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, str(file)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


# A stand-in for the extension: what the emitted file uses of it.
PGTAP = """
    CREATE FUNCTION plan(integer) RETURNS text LANGUAGE sql AS $$ SELECT '1..' || $1 $$;
    CREATE FUNCTION "is"(anyelement, anyelement, text) RETURNS text LANGUAGE sql AS
        $$ SELECT CASE WHEN $1 IS NOT DISTINCT FROM $2 THEN 'ok' ELSE 'not ok ' || $3 || ': ' || $1 END $$;
    CREATE FUNCTION finish() RETURNS SETOF text LANGUAGE sql AS $$ SELECT ''::text $$;
"""


def pgtap_failures(text: str, url: str) -> list[str]:
    """The tests of an emitted pgTAP file that fail on a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PGTAP)
        cursor = connection.execute(text)
        said = []
        while True:
            if cursor.description is not None:
                said += [str(row[0]) for row in cursor.fetchall()]
            if not cursor.nextset():
                break
    assert said[0] == f"1..{sum(each.startswith(('ok', 'not ok')) for each in said)}"
    return [each for each in said if each.startswith("not ok")]


DROPS = {
    "things_kind_fkey": "ALTER TABLE things DROP CONSTRAINT things_kind_fkey",
    "things_period": "ALTER TABLE things DROP CONSTRAINT things_period",
    "things_name_key": "ALTER TABLE things DROP CONSTRAINT things_name_key",
    "things_daterange_excl": "ALTER TABLE things DROP CONSTRAINT things_daterange_excl",
    "things_ends": "DROP INDEX things_ends",
    "parts_pkey": "ALTER TABLE parts DROP CONSTRAINT parts_pkey",
    "starts": "ALTER TABLE things ALTER COLUMN starts DROP NOT NULL",
    "code_form": "ALTER DOMAIN code DROP CONSTRAINT code_form",
    "length weight": "ALTER TABLE kinds ALTER COLUMN weight TYPE numeric",
    "parts_thing_fkey": "ALTER TABLE parts DROP CONSTRAINT parts_thing_fkey, ADD CONSTRAINT parts_thing_fkey"
    " FOREIGN KEY (thing) REFERENCES things DEFERRABLE INITIALLY DEFERRED",
}


def test_the_tests_are_green_and_turn_red(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Emitted tests pass on the rebuilt database, and fail when any one constraint is dropped or changed."""
    found = read(make_database(server, PLAIN))
    proof = prove_snapshot(found, Config(), SILENT, tests=("pytest", "pgtap"))
    again = prove_snapshot(found, Config(), SILENT, tests=("pytest", "pgtap"))
    assert again.tests == proof.tests
    copy = make_database(server, schema_script(found))
    code, said = run_tests(proof.tests["pytest"], copy, tmp_path)
    assert code == 0, said
    before = dumped(copy)
    assert pgtap_failures(proof.tests["pgtap"], make_database(server, schema_script(found))) == []
    for name, statement in DROPS.items():
        broken = make_database(server, schema_script(found))
        with psycopg.connect(broken, autocommit=True) as connection:
            connection.execute(statement)
        failures = pgtap_failures(proof.tests["pgtap"], broken)
        assert any(name in failure for failure in failures), (name, failures)
    with psycopg.connect(copy, autocommit=True) as connection:
        assert dumped(copy) == before
        connection.execute(DROPS["things_period"])
    code, said = run_tests(proof.tests["pytest"], copy, tmp_path)
    assert code == 1
    assert "test_public_things_check_things_period" in said


def test_the_source_is_never_tried(server: PostgresServer, make_database: MakeDatabase) -> None:
    """The source keeps every byte, rows and sequences included."""
    url = make_database(server, PLAIN + "INSERT INTO kinds VALUES ('AB1', 'fine', 1);")
    before = dumped(url)
    tried(url)
    assert dumped(url) == before


def test_only_a_database_filled_here_can_be_tried(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """No URL makes a scratch database, and neither does one with tables in it."""
    url = make_database(server, PLAIN)
    with pytest.raises(TypeError, match=r"only scratch\.build"):
        scratch.Scratch(url, object())
    with pytest.raises(UsageError, match="not empty"):
        scratch.build(url, ["SELECT 1"])
    with pytest.raises(UsageError, match="not empty"):
        prove_snapshot(read(url), Config(), SILENT, scratch=url)


def test_rows_in_the_script_stop_the_trials(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A schema.sql that somebody put rows into is not tried."""
    found = read(make_database(server, PLAIN))
    script = schema_script(found) + "\nINSERT INTO public.kinds VALUES ('AB1', 'fine', 1);\n"
    with pytest.raises(UsageError, match=r"has rows in public\.kinds"):
        prove_snapshot(found, Config(), SILENT, script=script)


def test_the_command_says_what_it_found(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """`verify --probe` tells numbers, surprises and reasons; JSON has all of it; files are written."""
    url = make_database(server, PLAIN)
    done = pgdossier("verify", url, "--emit", "pytest", tmp_path / "test_it.py", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "a row in 3 of 3 tables" in done.stdout
    compile((tmp_path / "test_it.py").read_text(encoding="utf-8"), "test_it.py", "exec")
    done = pgdossier("verify", url, "--probe", "--format", "json", home=tmp_path)
    assert json.loads(done.stdout)["trials"]["rows"][0]["built"] is True


def test_what_the_catalog_does_not_explain_is_the_exit_code(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """A rule that swallows deletions lets rows stay that the foreign key says go: exit code 1."""
    url = make_database(
        server,
        """
        CREATE TABLE a (id integer PRIMARY KEY);
        CREATE TABLE b (a integer REFERENCES a ON DELETE CASCADE);
        CREATE RULE stays AS ON DELETE TO b DO INSTEAD NOTHING;
        """,
    )
    done = pgdossier("verify", url, "--probe", home=tmp_path)
    assert done.returncode == 1, done.stdout
    assert "unexplained: public.b" in done.stdout
