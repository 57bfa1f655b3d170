"""Statements of pg_stat_statements without what the server left of their constants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.catalog.statements import kind_of, normalised


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM t WHERE b = $1",
        'SELECT "2020 total", t1.a$2 FROM "odd ""name""" AS t1',
        "SELECT a::numeric(10,2), b::varchar(20), c::timestamp(3) with time zone FROM t",
        "SELECT count(*) FROM t GROUP BY 1, 2 ORDER BY 1 DESC, 2 NULLS LAST LIMIT $1",
        "SELECT row_number() OVER (PARTITION BY a ORDER BY b) FROM t WHERE c = $1 ORDER BY 2",
        "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING a",
        "SELECT data -> $1 #>> $2, tags @> $3, a ? $4 FROM t",
        "SELECT CAST(a AS double precision), interval $1, b::bit(4) FROM t",
    ],
)
def test_a_normalised_statement_stays_as_it_is(text: str) -> None:
    """Parameters, names, type modifiers and positions are no constants."""
    found = normalised(text)
    assert found is not None
    assert (found.text, found.complete) == (text, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 'secret'", "SELECT ?"),
        ("SELECT 'it''s secret', $1", "SELECT ?, $1"),
        (r"SELECT E'a\'secret'", "SELECT ?"),
        ("SELECT e'secret' 'secret'", "SELECT ? ?"),
        ("SELECT U&'d\\0061secret' UESCAPE '!'", "SELECT ? UESCAPE ?"),
        ("SELECT B'1011', X'5ec', N'secret'", "SELECT ?, ?, ?"),
        ("SELECT $$secret$$, $tag$ se$$cret $tag$", "SELECT ?, ?"),
        ("SELECT 4111111111111111, 3.14, .5, 1e10, 0x5EC, 1_000", "SELECT ?, ?, ?, ?, ?, ?"),
        ("SELECT a FROM t WHERE b IN (1, 2)", "SELECT a FROM t WHERE b IN (?, ?)"),
        ("SELECT a FROM t LIMIT 10 OFFSET 20", "SELECT a FROM t LIMIT ? OFFSET ?"),
        ("SELECT a FROM t ORDER BY 1, b + 42", "SELECT a FROM t ORDER BY 1, b + ?"),
        ("SELECT varchar(4111111111111111)", "SELECT varchar(?)"),
        ("SELECT a FROM t WHERE b = -7", "SELECT a FROM t WHERE b = -?"),
    ],
)
def test_constants_that_are_left_are_replaced(text: str, expected: str) -> None:
    """Every way of writing a constant is known, and its statement is marked as not complete."""
    found = normalised(text)
    assert found is not None
    assert (found.text, found.complete) == (expected, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT a -- of customer secret\n  FROM t;", "SELECT a FROM t"),
        ("/* traceparent='secret' */ SELECT/* a /* nested secret */ b */a\n\tFROM t", "SELECT a FROM t"),
        ("SELECT a FROM t WHERE b IN ($1 /*, ... */)", "SELECT a FROM t WHERE b IN ($1)"),
    ],
)
def test_comments_go(text: str, expected: str) -> None:
    """Programs write into comments who asked; the statement is complete without them."""
    found = normalised(text)
    assert found is not None
    assert (found.text, found.complete) == (expected, True)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'secret",
        "SELECT E'secret\\'",
        'SELECT "secret',
        "SELECT $$secret",
        "SELECT $tag$ secret $other$",
        "SELECT /* secret",
        r"SELECT 'a\', secret --'",
    ],
)
def test_what_cannot_be_told_apart_is_not_shown(text: str) -> None:
    """Where a quotation does not end, or could end in two places, nothing is shown."""
    assert normalised(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("select 1", "select"),
        ("/* c */ ( ( SELECT 1", "select"),
        ("WITH x AS (SELECT 1) DELETE FROM t", "with"),
        ("MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", "merge"),
        ("TABLE t", "table"),
        ("VALUES (1)", "values"),
        ("ALTER ROLE a PASSWORD 'secret'", None),
        ("CREATE SUBSCRIPTION s CONNECTION 'password=secret' PUBLICATION p", None),
        ("COPY t FROM '/secret'", None),
        ("EXPLAIN SELECT 1", None),
        ("", None),
        ("SELECT 'secret", None),
    ],
)
def test_only_reading_and_changing_rows(text: str, kind: str | None) -> None:
    """Other commands can hold passwords, connection strings and paths."""
    assert kind_of(text) == kind


_CONSTANTS = st.one_of(
    st.text(alphabet="abc'$ \n", max_size=8).map(lambda text: "'zqx" + text.replace("'", "''") + "'"),
    st.text(alphabet="abc' \n\"", max_size=8).map(lambda text: f"$q$zqx{text}$q$"),
    st.integers(min_value=0).map(lambda number: f"7355608{number}"),
)


@given(st.lists(st.tuples(_CONSTANTS, st.sampled_from([", ", " || ", " /* zqx */, ", "::text, ", " = a, "]))))
def test_no_constant_is_left(parts: list[tuple[str, str]]) -> None:
    """Whatever constants a statement has, nothing of them is in what is shown."""
    text = "SELECT " + "".join(constant + separator for constant, separator in parts) + "$1"
    found = normalised(text)
    assert found is not None
    assert "zqx" not in found.text
    assert "7355608" not in found.text
    assert found.complete == (not parts)
