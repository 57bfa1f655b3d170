"""Reading the deparser's text: parentheses and keywords, quotes respected."""

from __future__ import annotations

import pytest

from pgdossier.catalog.deparsed import after_keyword, bare


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a > 0)", "a > 0"),
        ("((a > 0))", "a > 0"),
        ("((a > 0) AND (b > 0))", "(a > 0) AND (b > 0)"),
        ("(a > 0) AND (b > 0)", "(a > 0) AND (b > 0)"),
        ("is_ok(a)", "is_ok(a)"),
        ("(a = ')'::text)", "a = ')'::text"),
        ("(a = 'it''s (')", "a = 'it''s ('"),
        ("(a = E'\\\\''(')", "a = E'\\\\''('"),
        ('("odd ) name" > 0)', '"odd ) name" > 0'),
        ('("say ""(" > 0)', '"say ""(" > 0'),
        ("(a) || (b)", "(a) || (b)"),
        ("", ""),
        ("(never closed", "(never closed"),
    ],
)
def test_bare(text: str, expected: str) -> None:
    """Only parentheses around the whole expression go."""
    assert bare(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "CREATE TRIGGER t BEFORE INSERT ON s.t FOR EACH ROW WHEN ((new.a > 0)) EXECUTE FUNCTION f()",
            "new.a > 0",
        ),
        (
            'CREATE TRIGGER "WHEN (x)" BEFORE INSERT ON "WHEN (y)"'
            " FOR EACH ROW WHEN (f(new.*)) EXECUTE FUNCTION g()",
            "f(new.*)",
        ),
        (
            "CREATE TRIGGER t AFTER UPDATE ON t FOR EACH ROW WHEN "
            "((old.a IS DISTINCT FROM 'EXECUTE FUNCTION x(')) EXECUTE FUNCTION f('WHEN (z)')",
            "old.a IS DISTINCT FROM 'EXECUTE FUNCTION x('",
        ),
        (
            "CREATE TRIGGER t BEFORE UPDATE ON t FOR EACH ROW WHEN"
            " ((CASE WHEN (new.a) THEN true ELSE false END)) EXECUTE FUNCTION f()",
            "CASE WHEN (new.a) THEN true ELSE false END",
        ),
        ("CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f('WHEN (z)')", None),
        ("CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW WHEN ", None),
    ],
)
def test_after_keyword(text: str, expected: str | None) -> None:
    """The condition is found whatever names, strings and CASE expressions hold."""
    assert after_keyword(text, "WHEN") == expected
