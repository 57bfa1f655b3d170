from __future__ import annotations

import pytest

from pgdossier.ddl.statements import body, is_blank, split


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1;",
        "SELECT 'a;b''c;';",
        "SELECT E'a\\';b';",
        'SELECT "odd;""name;";',
        "SELECT $$a;b$$, $tag$ $$ ; $tag$;",
        "SELECT $ünï$;$ünï$;",
        "SELECT a$b;",
        "SELECT 1 /* a; /* nested; */ ; */ + 2;",
        "SELECT 1 -- one; two\n + 2;",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);",
        "CREATE FUNCTION f() RETURNS integer BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;",
        "create or replace procedure p()\nbegin atomic\n insert into t values (1);\nend;",
        'CREATE FUNCTION "begin"(case_ integer) RETURNS integer RETURN case_;',
        "CREATE TABLE t (begin integer, atomic text);",
    ],
)
def test_a_statement_ends_where_psql_ends_it(statement: str) -> None:
    """Semicolons in quotes, comments, rules and bodies end nothing; the next statement is found."""
    script = f"\n{statement}\nSELECT 'next';\n"
    first, second = split(script)
    assert body(first) == statement
    assert body(second) == "SELECT 'next';"
    assert first + second == script


def test_what_follows_the_last_semicolon_belongs_to_it() -> None:
    """A comment at the end is no statement; a statement without a semicolon is one."""
    assert split("SELECT 1; -- end\n") == ("SELECT 1; -- end\n",)
    assert split("SELECT 1; SELECT 2") == ("SELECT 1;", " SELECT 2")


def test_texts_that_never_end_are_taken_to_the_end() -> None:
    """An open quote or comment does not keep the splitting from ending."""
    for script in ("SELECT 'a; b", "SELECT $$ a; b", "SELECT 1 /* ; ", 'SELECT "a;'):
        assert "".join(split(script)) == script


def test_a_comment_before_a_statement_is_not_part_of_its_body() -> None:
    """Headings are not sent to the server."""
    assert body("\n-- Tables\n/* of /* any */ kind */ SELECT 1; ") == "SELECT 1;"
    assert is_blank("-- nothing\n")
    assert not is_blank("SELECT 1")
