"""Any schema that the server takes comes back out of its document: whole, readable, and as nothing but text.

One example is a schema of one to five tables with all that belongs to them, because reading a database costs
the same for one table and for ten. `HYPOTHESIS_PROFILE=nightly` tries 10,000 of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, given, note, settings

from pgdossier import pipeline
from pgdossier.analysis import analyse
from pgdossier.catalog import read
from pgdossier.config import Config, Diagrams
from pgdossier.ddl.script import schema_script
from pgdossier.model import snapshot_json
from pgdossier.model.names import quote_identifier
from pgdossier.model.snapshot import Snapshot
from pgdossier.output.folder import check_names
from pgdossier.progress import SILENT
from tests.support import schemas
from tests.support.documents import Section, problems, sections, shown_name
from tests.support.expected import _place, missing
from tests.support.roundtrip import assert_same_structure, comparable
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.xdist_group("fuzzed schemas")

DATABASE = "fuzzed"
# In the normal run: about 80 tables, in half a minute. All that the profile asks for in a long one.
EXAMPLES = settings().max_examples if settings().max_examples > 100 else 30
LAYOUTS: tuple[Literal["single", "split"], ...] = ("single", "split")


class Fuzzed(NamedTuple):
    """The database of all examples, a connection to it, and what became of the statements."""

    url: str
    connection: psycopg.Connection
    counts: Counter[str]


@pytest.fixture(scope="module")
def fuzzed(server: PostgresServer) -> Iterator[Fuzzed]:
    """One database: dropping a schema is much faster than making a database."""
    server.drop_database(DATABASE)  # left behind on a server that was there before
    server.create_database(DATABASE)
    url = server.url(DATABASE)
    with psycopg.connect(url, autocommit=True, options="-c client_min_messages=error") as connection:
        yield Fuzzed(url, connection, Counter())
    server.drop_database(DATABASE)


def emptied(connection: psycopg.Connection) -> None:
    """Drop every schema but the system's and `public`."""
    found = connection.execute(
        "SELECT nspname FROM pg_catalog.pg_namespace"
        " WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')"
    )
    for (name,) in found.fetchall():
        connection.execute(f"DROP SCHEMA {quote_identifier(name)} CASCADE".encode())


def made(fuzzed: Fuzzed, statements: list[str]) -> None:
    """Make the schema; what the server refuses is left out."""
    emptied(fuzzed.connection)
    for statement in statements:
        try:
            fuzzed.connection.execute(statement.encode())
        except psycopg.Error as error:
            note(f"refused: {statement}: {error}")
            fuzzed.counts["refused"] += 1
        else:
            fuzzed.counts["accepted"] += 1


def written(files: Mapping[str, bytes], folder: Path) -> None:
    """Write a document without what makes writing safe, which takes longer than the writing."""
    check_names(files)
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def rebuilt(fuzzed: Fuzzed, snapshot: Snapshot) -> Snapshot:
    """What is read of the database that its script makes."""
    emptied(fuzzed.connection)
    fuzzed.connection.execute(schema_script(snapshot).encode())
    return read(fuzzed.url, operation=False)


def loosened(snapshot: Snapshot) -> list[str]:
    """The structure as lines, without parentheses and the casts that move in arrays."""
    return [re.sub(r"[()]|::\w+(?:\[\])?", "", line) for line in comparable(snapshot.structure)]


_COLUMNS = """
    SELECT n.nspname, c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
           t.typname, tn.nspname = 'pg_catalog'
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
# The spellings that PostgreSQL takes as well.
_SPELLINGS = {
    "character varying": "varchar",
    "character": "char",
    "bit varying": "varbit",
    "timestamp with": "timestamptz with",
    " with time zone": "",
    " without time zone": "",
}


def wrong_types(connection: psycopg.Connection, folder: Path) -> list[str]:
    """Columns whose row does not show their type, by the catalogs."""
    found = []
    read_back = sections(folder)
    for schema, relation, column, of, name, own in connection.execute(_COLUMNS).fetchall():
        place = _place(schema, relation)
        shown = _type_cells(read_back.get(place, Section())).get(_as_cell(column), "no row")
        if own:
            brief = of
            for long, short in _SPELLINGS.items():
                brief = brief.replace(long, short)
            right = shown.partition(" collate ")[0] in (of, brief)
        else:
            right = shown in (_as_cell(of), _as_cell(name))
        if not right:
            found.append(f"{column!r} in {place}: {shown!r} instead of {of!r}")
    return found


def _as_cell(name: str) -> str:
    return " ".join(shown_name(name).split())


def _type_cells(section: Section) -> dict[str, str]:
    for header, *rows in section.tables:
        if "Column" in header and "Type" in header:
            return {row[header.index("Column")]: row[header.index("Type")] for row in rows}
    return {}


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
)
@given(statements=schemas.schemas())
def test_every_object_is_found_again(fuzzed: Fuzzed, statements: list[str]) -> None:
    """Both layouts are sound, show all that the catalogs hold, and schema.sql makes it again."""
    made(fuzzed, statements)
    snapshot = read(fuzzed.url, operation=False)
    data = snapshot_json.encode(snapshot)
    assert snapshot_json.decode(data) == snapshot
    analysis = analyse(snapshot)
    for layout in LAYOUTS:
        config = Config(layout=layout, diagrams=Diagrams(enabled=False))
        files, warnings = pipeline.document(analysis, config, {}, SILENT)
        assert warnings == ()
        with TemporaryDirectory() as folder:
            written(files, Path(folder))
            assert problems(Path(folder)) == []
            assert missing(fuzzed.url, Path(folder)) == []
            assert wrong_types(fuzzed.connection, Path(folder)) == []
    again = rebuilt(fuzzed, snapshot)
    if again.structure != snapshot.structure:
        # The server does not always read an expression as it has written it: (a AND b) AND c, and casts of
        # arrays. What it has read once stays.
        assert loosened(snapshot) == loosened(again)
        assert_same_structure(again.structure, rebuilt(fuzzed, again).structure)


def test_most_statements_are_taken(fuzzed: Fuzzed) -> None:
    """The server takes nine of ten statements that the strategy makes: the examples are not empty."""
    if not fuzzed.counts:
        pytest.skip("the examples ran in another process")
    assert fuzzed.counts["accepted"] > 9 * fuzzed.counts["refused"]
