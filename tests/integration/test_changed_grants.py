"""Grants on what belongs to extensions and to the system, where they are not what they were at first."""

from __future__ import annotations

from pathlib import Path

from pgdossier import pipeline
from pgdossier.catalog import read
from pgdossier.config import Config, parse_source
from pgdossier.progress import SILENT
from tests.conftest import MakeDatabase
from tests.support.servers import PostgresServer

CHANGES = """
    REVOKE EXECUTE ON FUNCTION pg_catalog.pg_terminate_backend FROM PUBLIC;
    GRANT USAGE ON LANGUAGE plpgsql TO pg_monitor;
    GRANT SELECT (rolname) ON pg_catalog.pg_authid TO pg_monitor;
"""
# Granted already; changed and changed back; in a schema that pg_dump leaves alone; the user's own.
NO_CHANGES = """
    GRANT EXECUTE ON FUNCTION pg_catalog.plpgsql_inline_handler(internal) TO PUBLIC;
    REVOKE SELECT ON pg_catalog.pg_roles FROM PUBLIC;
    GRANT SELECT ON pg_catalog.pg_roles TO PUBLIC;
    GRANT SELECT ON information_schema.tables TO pg_monitor;
    REVOKE USAGE ON SCHEMA public FROM PUBLIC;
    CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
    REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;
"""


def test_only_what_changed_is_read(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """A database as it was made has none; each object whose grants were changed is there, and no other."""
    url = make_database(any_server, NO_CHANGES)
    assert read(url).structure.changed_grants == ()
    url = make_database(any_server, CHANGES)
    found = read(url).structure.changed_grants
    backend = "integer" if any_server.major < 14 else "integer, bigint"
    assert [(each.object, each.column) for each in found] == [
        (f"FUNCTION pg_catalog.pg_terminate_backend({backend})", None),
        ("LANGUAGE plpgsql", None),
        ("TABLE pg_catalog.pg_authid", "rolname"),
    ]
    assert read(url, include=("public",)).structure.changed_grants == ()


def test_they_are_in_the_document(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Section 9.1 has a line for each; without any it does not speak of them."""
    for script, expected in ((CHANGES, 3), ("", 0)):
        folder = tmp_path / str(expected)
        config = Config(source=parse_source(make_database(server, script)), output=folder)
        pipeline.generate(config, SILENT)
        page = (folder / "README.md").read_text(encoding="utf-8")
        _, title, rest = page.partition("**Grants changed on objects of extensions and of the system**")
        assert bool(title) == bool(expected)
        lines = [line for line in rest.partition("\n\n")[2].partition("\n\n")[0].split("\n") if title]
        assert len(lines) == expected
        if expected:
            assert lines[1:] == [
                "- `LANGUAGE plpgsql`: `pg_monitor` usage",
                "- `TABLE pg_catalog.pg_authid`, column `rolname`: `pg_monitor` select",
            ]
