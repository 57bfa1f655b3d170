from __future__ import annotations

import pytest

from pgdossier.ddl.expressions import (
    foreign_options,
    note,
    outermost,
    parenthesised,
    storage_parameters,
    unread_options,
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a > 0", "(a > 0)"),
        ("(a > 0)", "(a > 0)"),
        ("(a > 0) OR (b > 0)", "((a > 0) OR (b > 0))"),
        ("(a <> ')')", "(a <> ')')"),
        ("(a = '(') AND (b = ')')", "((a = '(') AND (b = ')'))"),
        ('("odd)" > 0)', '("odd)" > 0)'),
        ("(a = E'\\\\') AND (b = ')')", "((a = E'\\\\') AND (b = ')'))"),
        ("(a = 'it''s)')", "(a = 'it''s)')"),
        ("f(a)", "(f(a))"),
        ("", "()"),
    ],
)
def test_one_pair_of_parentheses(expression: str, expected: str) -> None:
    """An expression gets parentheses unless one pair is around the whole of it; quotes hide parentheses."""
    assert parenthesised(expression) == expected


def test_outermost_hides_what_is_inside() -> None:
    """Everything in quotes or parentheses becomes dots, and no character changes its place."""
    text = "a WHERE (b = ' WHERE ') \"x WHERE\" WHERE c"
    assert outermost(text) == "a WHERE (.............) ......... WHERE c"
    assert len(outermost(text)) == len(text)


def test_storage_parameters() -> None:
    """Numbers and switches stay bare, other values are quoted, the toast table's keep their prefix."""
    options = ("fillfactor=70", "toast.autovacuum_enabled=false", "check_option=local", "Odd=a=b'c", "alone")
    assert storage_parameters(options) == (
        "fillfactor = 70, toast.autovacuum_enabled = false, check_option = 'local', \"Odd\" = 'a=b''c', alone"
    )


def test_foreign_options() -> None:
    """What was not read is left out; without anything to say there is no clause."""
    found = (("table_name", "a=b"), ("password", None), ("Up", ""))
    assert foreign_options(found) == "OPTIONS (table_name 'a=b', \"Up\" '')"
    assert foreign_options((("password", None),)) == ""
    assert unread_options("x", found) == ["-- option password of x may hold a secret: its value was not read"]


def test_note_is_one_line() -> None:
    """No name can end a comment of the script and become SQL."""
    assert note("of a\n; DROP TABLE x; \r\u2028 b") == "-- of a ; DROP TABLE x; b"
