"""The trials as a pgTAP file that a team can keep: for `pg_prove`, on an empty copy of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pgdossier.model.names import quote_literal
from pgdossier.trials.cases import Case, Row

_HEAD = """\
-- What the constraints and referential actions of the database {database} do.
--
-- Each test violates one constraint, or deletes or changes one referenced row, and says what the server does.
-- pgdossier tried all of them on PostgreSQL {major} (`pgdossier verify --emit pgtap`).
--
-- They need pgTAP and an empty copy of the database, as a superuser or as the owner of everything:
--     pg_prove -d COPY FILE
-- Nothing stays: there is one transaction, which is rolled back.

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL row_security = off;

SELECT plan({number});

-- What the server says to statements: SQLSTATE, and the constraint or column that it names. All is undone.
CREATE FUNCTION pg_temp.said_to(statements text) RETURNS text LANGUAGE plpgsql AS $said$
DECLARE
    state text;
    named text;
    place text;
BEGIN
    EXECUTE statements;
    RAISE EXCEPTION USING ERRCODE = 'PD000';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, named = CONSTRAINT_NAME, place = COLUMN_NAME;
    IF state = 'PD000' THEN
        RETURN 'accepted';
    END IF;
    RETURN concat_ws(' ', state, nullif(named, ''), nullif(place, ''));
END
$said$;

-- What queries give after statements that the server accepts. All is undone.
CREATE FUNCTION pg_temp.found_after(statements text, queries text[]) RETURNS text LANGUAGE plpgsql AS $found$
DECLARE
    query text;
    one text;
    every text[] := '{{}}';
    state text;
    message text;
BEGIN
    EXECUTE statements;
    FOREACH query IN ARRAY queries LOOP
        EXECUTE query INTO one;
        every := every || one;
    END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'PD000', MESSAGE = array_to_string(every, ' ');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN CASE WHEN state = 'PD000' THEN message ELSE state || ' ' || message END;
END
$found$;

-- One row for each table, in an order in which they can be inserted.
{rows}
SET CONSTRAINTS ALL IMMEDIATE;
"""
_FOOT = """
SELECT * FROM finish();
ROLLBACK;
"""


def written(database: str, major: int, rows: Sequence[Row], cases: Iterable[Case]) -> str:
    """The file.

    Args:
        database: What the database is called.
        major: The major version that everything was tried on.
        rows: The ordinary rows, in order.
        cases: The trials.
    """
    listed = list(cases)
    inserts = "\n".join(f"{statement};" for row in rows for statement in row.statements)
    head = _HEAD.format(database=" ".join(database.split()), major=major, number=len(listed), rows=inserts)
    return head + "".join("\n".join(_test(case)) for case in listed) + _FOOT


def _test(case: Case) -> Iterator[str]:
    title = quote_literal(f"{case.subject.dotted}: {case.title}")
    statements = _dollars("".join(f"\n    {one};" for one in (*case.before, case.last)) + "\n")
    yield ""
    if case.sqlstate:
        said = " ".join(part for part in (case.sqlstate, case.constraint, case.column) if part)
        yield f"SELECT is(pg_temp.said_to({statements}), {quote_literal(said)}, {title});"
    else:
        queries = ", ".join(quote_literal(query) for query, _ in case.expected)
        numbers = quote_literal(" ".join(number for _, number in case.expected))
        yield f"SELECT is(pg_temp.found_after({statements}, ARRAY[{queries}]::text[]), {numbers}, {title});"


def _dollars(text: str) -> str:
    """Text in dollar quotes that do not occur in it."""
    tag = "$sql$"
    while tag in text:
        tag = f"${tag[1:-1]}_$"
    return f"{tag}{text}{tag}"
