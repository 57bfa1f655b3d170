"""The round trip: a database, `schema_script` of it, the database that this makes; are the two the same?

Two judges that know nothing of pgdossier's SQL: `pg_dump -s` of both databases, with owners and privileges,
and both read back. `dumped` and `comparable` leave out what cannot be the same twice, each with its reason.
"""

from __future__ import annotations

import difflib
import re
import subprocess

import msgspec
import psycopg
import pytest

from pgdossier.catalog import read
from pgdossier.ddl.script import schema_script
from pgdossier.history.verification import settled
from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.snapshot import Structure
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.process import environment
from tests.conftest import MakeDatabase
from tests.support.servers import PostgresServer


def dumped(url: str, *, owners: bool = True) -> list[str]:
    """The entries of `pg_dump -s`, sorted, because their order depends on OIDs (which rebuilding changes).

    Subscriptions are left out: pgdossier never reads their connection strings, so it cannot make them.

    Args:
        url: The database.
        owners: Whether owners and privileges are wanted.
    """
    binaries = find_binaries()
    without = [] if owners else ["--no-owner", "--no-privileges"]
    found = subprocess.run(
        [binaries.program("pg_dump"), "-s", "--no-subscriptions", *without, "-d", url],
        capture_output=True,
        encoding="utf-8",
        env=environment(binaries.library_path),
        check=False,
    )
    assert found.returncode == 0, found.stderr
    text = settled(without_restriction(found.stdout))
    text = text.partition("--\n-- PostgreSQL database dump complete")[0]  # it would belong to the last entry
    entries = re.split(r"^--\n(?=-- Name: )", text, flags=re.MULTILINE)[1:]
    assert entries
    return sorted(in_settled_order(without_settings(entry)) for entry in entries)


def without_restriction(text: str) -> str:
    r"""The dump without its \restrict lines, whose key is random by design."""
    return re.sub(r"^\\(?:un)?restrict .*\n", "", text, flags=re.MULTILINE)


def without_settings(entry: str) -> str:
    """The entry without SET of the default tablespace and table access method.

    pg_dump writes them when the next entry needs another than the one before, so they belong to the order of
    entries; the entry's own head names its tablespace, and both are in what is read.
    """
    return re.sub(r"^SET default_(?:tablespace|table_access_method) = .*;\n+", "", entry, flags=re.MULTILINE)


def in_settled_order(entry: str) -> str:
    """The entry with its GRANT and REVOKE lines sorted: an ACL is an array in the order of granting."""
    if "; Type: ACL;" not in entry and "; Type: DEFAULT ACL;" not in entry:
        return entry
    return "\n".join(sorted(entry.split("\n")))


def comparable(structure: Structure) -> list[str]:
    """The structure as lines, without the database itself and subscriptions, which no script makes."""
    value = msgspec.to_builtins(msgspec.structs.replace(structure, gaps=(), subscriptions=()))
    del value["database"]
    text = msgspec.json.format(msgspec.json.encode(value), indent=1).decode()
    return settled(text).splitlines()


def assert_same_dump(original_url: str, rebuilt_url: str) -> None:
    """Fail with the entries of pg_dump that only one of the two has."""
    original, rebuilt = dumped(original_url), dumped(rebuilt_url)
    if original != rebuilt:
        before = [entry for entry in original if entry not in set(rebuilt)]
        after = [entry for entry in rebuilt if entry not in set(original)]
        pytest.fail(difference("pg_dump", _lines(before), _lines(after)), pytrace=False)


def assert_same_structure(original: Structure, rebuilt: Structure) -> None:
    """Fail with the lines in which the two readings differ."""
    before, after = comparable(original), comparable(rebuilt)
    if before != after:
        pytest.fail(difference("what was read", before, after), pytrace=False)


def difference(what: str, before: list[str], after: list[str]) -> str:
    """The difference for people; made here, because pytest's own takes minutes on long lists."""
    lines = difflib.unified_diff(before, after, "original", "rebuilt", lineterm="")
    return f"{what} differs:\n" + "\n".join([*lines][:400])


def _lines(entries: list[str]) -> list[str]:
    return [line for entry in entries for line in entry.splitlines() if line not in ("", "--")]


def assert_round_trip(
    server: PostgresServer, url: str, make_database: MakeDatabase, before: str = ""
) -> None:
    """Rebuild that database beside itself, after `before`; both judges must find the two the same."""
    original = read(url)
    assert original.structure.gaps == ()
    rebuilt_url = make_database(server, before + schema_script(original))
    try:
        assert_same_dump(url, rebuilt_url)
        assert_same_structure(original.structure, read(rebuilt_url).structure)
    finally:
        drop_subscriptions(rebuilt_url)


def drop_subscriptions(url: str) -> None:
    """Drop what keeps a database from being dropped; no publisher is asked."""
    with psycopg.connect(url, autocommit=True) as connection:
        query = (
            "SELECT subname FROM pg_catalog.pg_subscription"
            " WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database"
            " WHERE datname = pg_catalog.current_database())"
        )
        for (name,) in connection.execute(query).fetchall():
            subscription = quote_identifier(name).encode()
            connection.execute(b"ALTER SUBSCRIPTION " + subscription + b" DISABLE")
            connection.execute(b"ALTER SUBSCRIPTION " + subscription + b" SET (slot_name = NONE)")
            connection.execute(b"DROP SUBSCRIPTION " + subscription)


_CREATE_ROLE = re.compile(r"^CREATE ROLE ([a-z_][a-z0-9_]*|\"(?:[^\"]|\"\")+\")[^;]*;", re.MULTILINE)


def with_roles_once(text: str) -> str:
    """The script with each `CREATE ROLE name …;` made conditional: roles outlive the database."""

    def conditional(found: re.Match[str]) -> str:
        name = found[1][1:-1].replace('""', '"') if found[1].startswith('"') else found[1]
        missing = f"NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {quote_literal(name)})"
        return f"DO $role$ BEGIN IF {missing} THEN {found[0]} END IF; END $role$;"

    return _CREATE_ROLE.sub(conditional, text)
