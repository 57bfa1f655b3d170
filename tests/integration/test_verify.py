"""`pgdossier verify`, `generate --verify` and `export`, as users run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pgdossier import pipeline
from pgdossier.building import verification
from pgdossier.catalog import read
from pgdossier.config import Config, Embedded, parse_source
from pgdossier.ddl.script import schema_script
from pgdossier.errors import UsageError
from pgdossier.export import sql
from pgdossier.history.verification import Outcome
from pgdossier.model import snapshot_json
from pgdossier.progress import SILENT
from pgdossier.servers.binaries import find_binaries
from tests.conftest import CorpusDatabase, MakeDatabase
from tests.integration.test_torture import FAMILIES, load
from tests.support.builders import snapshot
from tests.support.command import pgdossier
from tests.support.roundtrip import assert_same_dump, drop_subscriptions, dumped
from tests.support.servers import PostgresServer

LIBRARY = """
    CREATE SCHEMA lib;
    CREATE TABLE lib.authors (id integer PRIMARY KEY, name text NOT NULL);
    CREATE TABLE lib.books (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        author integer REFERENCES lib.authors,
        title varchar(80) CHECK (title <> ''),
        kind varchar(9) CHECK (kind IN ('a', 'b'))
    );
    CREATE VIEW lib.titles AS SELECT title FROM lib.books;
"""


def config_for(url: str) -> Config:
    """The configuration of a run on that database."""
    return Config(source=parse_source(url))


def database_of(url: str) -> str:
    """The name of the database."""
    return url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]


def test_a_database_is_verified_in_an_embedded_server(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """The usual case: identical, said on standard output, exit code 0."""
    done = pgdossier("verify", make_database(server, LIBRARY), home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout == f"identical: schema.sql makes the same database again on PostgreSQL {server.major}\n"
    )


def test_everything_is_verified_on_every_major(
    any_server: PostgresServer, make_database: MakeDatabase
) -> None:
    """All object kinds at once, in a scratch database beside the original."""
    url = load(any_server, list(FAMILIES), make_database)
    scratch = make_database(any_server)
    try:
        found = pipeline.verify(config_for(url), SILENT, scratch=scratch)
    finally:
        drop_subscriptions(url)
    assert found.differences == ()
    assert found.outcome in (Outcome.IDENTICAL, Outcome.PARTLY_IDENTICAL)
    assert {each.what.split()[0] for each in found.not_verifiable} <= {"subscription"}


def test_the_corpus_is_verified(
    server: PostgresServer, corpus_database: CorpusDatabase, corpus_name: str
) -> None:
    """Real databases are identical, their owners and extensions included."""
    found = pipeline.verify(config_for(corpus_database(server, corpus_name)), SILENT)
    assert (found.outcome, found.differences, found.not_verifiable) == (Outcome.IDENTICAL, (), ())


def test_verifying_writes_nothing_to_the_source(server: PostgresServer, make_database: MakeDatabase) -> None:
    """The source is as it was."""
    url = make_database(server, LIBRARY)
    before = dumped(url)
    pipeline.verify(config_for(url), SILENT)
    assert dumped(url) == before


def test_roles_and_tablespaces_are_made_in_the_embedded_server(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """Owners, grantees and tablespaces that a new server lacks are no obstacle in our own."""
    found = read(make_database(server, LIBRARY))
    text = json.loads(snapshot_json.encode(found))
    for relation in text["structure"]["relations"]:
        relation["owner"] = 'no "body"'
        if relation["kind"] == "table":
            relation["tablespace"] = "else where"
    for each in text["structure"]["sequences"]:
        each["owner"] = 'no "body"'
    changed = snapshot_json.decode(json.dumps(text).encode())
    assert "else where" in schema_script(changed)
    result = pipeline.verify_snapshot(changed, Config(), SILENT)
    assert (result.outcome, result.differences) == (Outcome.IDENTICAL, ())


def test_a_folder_is_verified_with_its_own_files(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """A document whose schema.sql was changed is found out, in words; exit code 1."""
    folder = tmp_path / "doc"
    assert pgdossier("generate", make_database(server, LIBRARY), "-o", folder, home=tmp_path).returncode == 0
    assert pgdossier("verify", folder, home=tmp_path).returncode == 0
    script = (folder / "schema.sql").read_text(encoding="utf-8")
    changed = script.replace("character varying(9)", "character varying(8)", 1)
    (folder / "schema.sql").write_text(changed + "\nSELECT broken;\n", encoding="utf-8")
    done = pgdossier("verify", folder, home=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == [
        f"different: 2 differences after building it on PostgreSQL {server.major}",
        '- a statement fails: SELECT broken;: column "broken" does not exist',
        "- column kind of table lib.books: type character varying(9) → character varying(8)",
    ]


def test_a_folder_without_a_document_is_refused(tmp_path: Path) -> None:
    """The message says what is missing and how to get it."""
    done = pgdossier("verify", tmp_path, home=tmp_path)
    assert done.returncode == 2
    assert "holds no document" in done.stderr


def test_json_has_everything(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> None:
    """For programs: outcome, date, version, and the digest of what was verified."""
    done = pgdossier("verify", make_database(server, LIBRARY), "--format", "json", home=tmp_path)
    found = json.loads(done.stdout)
    assert (found["outcome"], found["major"]) == ("identical", server.major)
    assert found.keys() == {"outcome", "verified_on", "major", "structure"}


def test_a_scratch_database_that_is_not_empty_is_refused(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """Nothing is ever built on top of what somebody has; not even the source itself."""
    url = make_database(server, LIBRARY)
    for taken in (url, make_database(server, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';")):
        before = dumped(taken)
        with pytest.raises(UsageError, match="is not empty"):
            pipeline.verify(config_for(url), SILENT, scratch=taken)
        assert dumped(taken) == before


def test_what_the_server_lacks_is_not_verifiable(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A type of an extension that is not here: what needs it is named, the rest is verified."""
    url = make_database(server, LIBRARY)
    script = schema_script(read(url))
    lacking = script.replace("-- Types,", "CREATE EXTENSION nowhere;\n-- Types,").replace(
        "character varying(80)", "nowhere.kind"
    )
    structure = read(url).structure
    found = verification.verify(structure, lacking, SILENT)
    assert found.outcome is Outcome.PARTLY_IDENTICAL
    assert found.differences == ()
    assert [each.what for each in found.not_verifiable][:2] == [
        "CREATE EXTENSION nowhere",
        "CREATE TABLE lib.books",
    ]


def test_options_that_may_be_secrets_are_not_verifiable(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """They are never read, so the rebuilt database lacks them: named as such, and no difference."""
    url = make_database(
        server,
        LIBRARY
        + """
        CREATE FOREIGN DATA WRAPPER w OPTIONS (api_token 'x', a '1');
        CREATE SERVER srv FOREIGN DATA WRAPPER w OPTIONS (host 'h', password 'x');
        CREATE USER MAPPING FOR PUBLIC SERVER srv OPTIONS (user 'u', password 'x');
        CREATE FOREIGN TABLE lib.far (a integer OPTIONS (secret_key 'x'))
            SERVER srv OPTIONS (passwd 'x', b '2');
        """,
    )
    found = pipeline.verify(config_for(url), SILENT)
    assert (found.outcome, found.differences) == (Outcome.PARTLY_IDENTICAL, ())
    assert [each.what for each in found.not_verifiable] == [
        "foreign-data wrapper w",
        "foreign server srv",
        "user mapping PUBLIC of foreign server srv",
        "foreign table lib.far",
        "column a of foreign table lib.far",
    ]


def test_another_major_version_is_said(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """Building on another major than the documented one is no proof, unless the result is equal."""
    if any_server.major == find_binaries().major:
        pytest.skip("this is the major of the embedded server")
    found = pipeline.verify(config_for(make_database(any_server, LIBRARY)), SILENT)
    if found.major == any_server.major:
        pytest.skip("the system has a server of this major")
    assert found.outcome in (Outcome.IDENTICAL, Outcome.NOT_VERIFIABLE)
    assert (found.outcome is Outcome.NOT_VERIFIABLE) == bool(found.differences)


def test_the_document_states_the_outcome(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Appendix A says it, a refresh keeps it byte for byte, a changed structure drops it."""
    folder = tmp_path / "doc"
    url = make_database(server, LIBRARY)
    config = Config(source=parse_source(url), output=folder)
    result = pipeline.generate(config, SILENT, verified=True)
    assert result.verification is not None
    page = (folder / "README.md").read_text(encoding="utf-8")
    assert f"**Verified** on {result.verification.verified_on}: the SQL makes the same database again" in page
    stored = (folder / "verification.json").read_text(encoding="utf-8")
    earlier = stored.replace(result.verification.verified_on, "2020-02-02")
    (folder / "verification.json").write_text(earlier, encoding="utf-8")

    pipeline.generate(config, SILENT, verified=True)
    page = (folder / "README.md").read_text(encoding="utf-8")
    assert "**Verified** on 2020-02-02" in page
    assert pipeline.generate(config, SILENT).written == ()
    assert pipeline.generate(config, SILENT, verified=True).written == ()

    server.run_sql(database_of(url), "ALTER TABLE lib.books ADD COLUMN year integer")
    assert "verification.json" in pipeline.generate(config, SILENT).removed
    assert "**Verified**" not in (folder / "README.md").read_text(encoding="utf-8")


def test_pg_bin_names_the_programs(tmp_path: Path) -> None:
    """A folder without a server is refused before anything is read."""
    config = Config(embedded=Embedded(pg_bin=tmp_path))
    with pytest.raises(UsageError, match="No PostgreSQL server"):
        pipeline.verify_snapshot(snapshot(), config, SILENT)


# export


def test_export_writes_schema_sql(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """To standard output, or to a file."""
    url = make_database(server, LIBRARY)
    done = pgdossier("export", url, "--format", "sql", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == schema_script(read(url))
    done = pgdossier("export", url, "-o", "x.sql", "--schema", "lib", home=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "CREATE TABLE lib.books" in (tmp_path / "x.sql").read_text(encoding="utf-8")


def test_clean_replaces_what_is_there(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """The script with --clean can be run on nothing, on itself, and gives the same database each time."""
    url = load(any_server, list(FAMILIES), make_database)
    text = sql.text(read(url), sql.Options(clean=True))
    target = make_database(any_server, text)
    try:
        any_server.run_sql(database_of(target), text)
        assert_same_dump(url, target)
    finally:
        drop_subscriptions(url)


def test_without_owners_and_privileges(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Nothing of either is left, so that the roles need not exist."""
    url = make_database(server, LIBRARY + "GRANT SELECT ON lib.books TO PUBLIC;")
    found = read(url)
    assert "GRANT SELECT" in sql.text(found)
    text = sql.text(found, sql.Options(owners=False, privileges=False))
    assert "OWNER TO" not in text
    assert "GRANT" not in text
    assert "OWNER TO" in sql.text(found, sql.Options(privileges=False))
