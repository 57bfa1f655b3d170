"""The trials as a pytest file that a team can keep: it needs psycopg, and an empty copy of the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pgdossier.trials.cases import Case, Row

VARIABLE = "PGDOSSIER_TEST_DSN"

_HEAD = '''"""What the constraints and referential actions of the database {database} do.

Each test violates one constraint, or deletes or changes one referenced row, and says what the server does.
pgdossier tried all of them on PostgreSQL {major} (`pgdossier verify --emit pytest`).

They need psycopg and an empty copy of the database, of which they are the only users (as a superuser, or as
the owner of everything), named by the variable {variable}. Nothing stays: there is one transaction,
which is rolled back.
"""

import os

import psycopg
import pytest

# One row for each table, in an order in which they can be inserted.
ROWS = {{
{rows}}}


@pytest.fixture(scope="module")
def rows():
    """A connection with the rows, and the tables in which there is none, with the reason."""
    with psycopg.connect(os.environ["{variable}"]) as connection:
        for setting in ("TimeZone = 'UTC'", "DateStyle = 'ISO, YMD'", "row_security = off"):
            connection.execute(f"SET LOCAL {{setting}}")
        missing = {{}}
        for table, statements in ROWS.items():
            connection.execute("SAVEPOINT one_row")
            try:
                for statement in statements:
                    connection.execute(statement)
            except psycopg.Error as error:
                connection.execute("ROLLBACK TO SAVEPOINT one_row")
                missing[table] = str(error)
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        try:
            yield connection, missing
        finally:
            connection.rollback()


@pytest.fixture
def database(rows):
    """The connection; what a test does is undone."""
    connection, missing = rows
    connection.execute("SAVEPOINT one_test")
    yield Database(connection, missing)
    connection.execute("ROLLBACK TO SAVEPOINT one_test")


class Database:
    """What the tests do."""

    def __init__(self, connection, missing):
        self.connection = connection
        self.missing = missing

    def given(self, tables, *statements):
        """There are rows in these tables, and these statements are accepted."""
        for table in tables:
            assert table not in self.missing, f"no row in {{table}}: {{self.missing[table]}}"
        for statement in statements:
            self.connection.execute(statement)

    def refuses(self, statement, sqlstate, constraint=None, column=None):
        """The server refuses the statement with that SQLSTATE, for that constraint or column."""
        with pytest.raises(psycopg.Error) as caught:
            self.connection.execute(statement)
        said = caught.value.diag
        assert (said.sqlstate, said.constraint_name, said.column_name) == (sqlstate, constraint, column)

    def accepts(self, statement, *afterwards):
        """The server accepts the statement, and the queries give these numbers afterwards."""
        self.connection.execute(statement)
        found = [(query, self.connection.execute(query).fetchone()[0]) for query, _ in afterwards]
        assert found == list(afterwards)
'''


def written(database: str, major: int, rows: Sequence[Row], cases: Iterable[Case]) -> str:
    """The file.

    Args:
        database: What the database is called.
        major: The major version that everything was tried on.
        rows: The ordinary rows, in order.
        cases: The trials.
    """
    head = _HEAD.format(
        database=database.replace("\\", "\\\\").replace('"', "'"),
        major=major,
        variable=VARIABLE,
        rows="".join(_row(row) for row in rows),
    )
    used: dict[str, int] = {}
    return head + "".join(_test(case, used) for case in cases)


def _row(row: Row) -> str:
    statements = "".join(f"        {_text(one)},\n" for one in row.statements)
    return f"    {_text(row.table.dotted)}: [\n{statements}    ],\n"


def _test(case: Case, used: dict[str, int]) -> str:
    name = _name(f"{case.subject.dotted} {case.title}", used)
    title = re.sub(r"[\\\"\n\r]", "'", f"{case.subject.dotted}: {case.title}.")
    return "\n\n" + "\n".join((f"def {name}(database):", f'    """{title}"""', *_body(case))) + "\n"


def _body(case: Case) -> Iterator[str]:
    if case.needs or case.before:
        tables = "".join(f"{_text(name.dotted)}, " for name in case.needs)
        yield "    database.given("
        yield f"        [{tables.removesuffix(', ')}],"
        yield from (f"        {_text(one)}," for one in case.before)
        yield "    )"
    if case.sqlstate:
        yield "    database.refuses("
        yield f"        {_text(case.last)},"
        yield f"        {_text(case.sqlstate)},"
        if case.constraint:
            yield f"        constraint={_text(case.constraint)},"
        if case.column:
            yield f"        column={_text(case.column)},"
        yield "    )"
        return
    yield "    database.accepts("
    yield f"        {_text(case.last)},"
    yield from (f"        ({_text(query)}, {number})," for query, number in case.expected)
    yield "    )"


def _text(text: str) -> str:
    """A string constant of Python, in double quotes and ASCII where that is enough."""
    quoted = ascii(text) if not text.isprintable() else repr(text)
    if quoted.startswith("'") and '"' not in quoted:
        return '"' + quoted[1:-1].replace("\\'", "'") + '"'
    return quoted


def _name(text: str, used: dict[str, int]) -> str:
    """A name for a test, another one for each."""
    plain = "test_" + re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    used[plain] = used.get(plain, 0) + 1
    return plain if used[plain] == 1 else f"{plain}_{used[plain]}"
