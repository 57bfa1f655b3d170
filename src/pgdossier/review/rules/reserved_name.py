"""A name that is a reserved word of SQL in PostgreSQL.

## What it reports

Relations, and columns of tables, whose name is a word that cannot be used as a name without quotes (`order`,
`user`, `group`, `end` …), in any PostgreSQL from 13 to 18. Words that only look reserved and can stand
without quotes (`name`, `date`, `position`, `value`) are not reported.

## Why

Every statement has to quote it, and one that forgets is a syntax error, or means something else: `SELECT
user` is the name of the role.

## When it is wrong

When all statements are made by a library that quotes every name, and nobody writes SQL by hand.

## How to fix it

Rename it. For a while a view, or a generated column, can answer to the old name.

## See also

- [SQL Key Words](https://www.postgresql.org/docs/current/sql-keywords-appendix.html)
- [Lexical Structure: Identifiers and Key Words](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.subject import Subject

# The words that pg_get_keywords() calls reserved (catcode R and T) in 13 or in 18.
RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
    collation column concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user default deferrable desc distinct do else end
    except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into
    is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on
    only or order outer overlaps placing primary references returning right select session_user similar some
    symmetric system_user table tablesample then to trailing true union unique user using variadic verbose
    when where window with
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)


def check(context: Context) -> Iterator[Found]:
    """Relations and columns with such names."""
    for relation in context.relations():
        if relation.name in RESERVED:
            yield _found(subject.relation(relation.qualified), relation.name)
        if relation.definition is None:
            for column in context.own_columns(relation):
                if column.name in RESERVED:
                    yield _found(subject.column(relation.qualified, column.name), column.name)


def _found(of: Subject, word: str) -> Found:
    return Found(
        subject=of,
        evidence=tr(
            "{word} is reserved: it has to be written {quoted}",
            word=name(word),
            quoted=name(quote_identifier(word)),
        ),
        fix=Fix(advice=tr("Rename it.")),
    )


RULE = Rule(
    name="reserved_name",
    title=mark("Names that are reserved words"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: badly named columns",),
)
