"""Every object kind in its ugliest legal form is rebuilt as it was.

The files of `torture/` are scripts for psql. `NAME.sql` is for every server, `NAME_15.sql` is added from
PostgreSQL 15 on. To run one family on one version: `pytest tests/integration/test_torture.py -k NAME
--pg-versions 18`. All of them are loaded into one database too, so each keeps to schemas (and names of what
has no schema) of its own. `CREATE ROLE name;` is skipped for roles that are there already.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pgdossier.catalog import read
from tests.conftest import MakeDatabase
from tests.support.regress import PARTITIONED_ROOTS, SCHEMA, regress_sql
from tests.support.roundtrip import assert_round_trip, drop_subscriptions, with_roles_once
from tests.support.servers import PostgresServer

TORTURE = Path(__file__).parent / "torture"
_NAME = re.compile(r"(.+?)(?:_(\d\d))?")


def _families() -> dict[str, list[tuple[int, Path]]]:
    """The files by family, each with the major version that it needs, in that order."""
    families: dict[str, list[tuple[int, Path]]] = {}
    for path in sorted(TORTURE.glob("*.sql")):
        found = _NAME.fullmatch(path.stem)
        assert found
        families.setdefault(found[1], []).append((int(found[2] or 0), path))
    return {name: sorted(files) for name, files in families.items()}


FAMILIES = _families()


def load(server: PostgresServer, families: list[str], make_database: MakeDatabase) -> str:
    """A new database with these families, as far as the server's version goes."""
    url = make_database(server)
    database = url.split("?")[0].rsplit("/", 1)[1]
    for family in families:
        for major, path in FAMILIES[family]:
            if major <= server.major:
                server.run_sql(database, with_roles_once(path.read_text(encoding="utf-8")))
    return url


@pytest.mark.parametrize("family", FAMILIES)
def test_family_round_trips(family: str, any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """The objects of one family are rebuilt as they were."""
    if FAMILIES[family][0][0] > any_server.major:
        pytest.skip(f"{family} needs PostgreSQL {FAMILIES[family][0][0]}")
    url = load(any_server, [family], make_database)
    try:
        assert_round_trip(any_server, url, make_database)
    finally:
        drop_subscriptions(url)


def test_all_together_round_trip(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """One database with everything is rebuilt as it was."""
    url = load(any_server, list(FAMILIES), make_database)
    try:
        assert_round_trip(any_server, url, make_database)
    finally:
        drop_subscriptions(url)


def test_hundreds_of_tables_round_trip(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """A schema of the size of PostgreSQL's own regression database is rebuilt as it was."""
    url = make_database(any_server, regress_sql(any_server.major))
    relations = [each for each in read(url).structure.relations if each.schema == SCHEMA]
    assert len(relations) > 400
    assert sum(relation.partitioning is not None for relation in relations) >= 2 * PARTITIONED_ROOTS
    assert sum(len(relation.rules) for relation in relations) > 39
    assert_round_trip(any_server, url, make_database)
