"""A default that is the word NULL, not the absence of a value.

## What it reports

Columns whose default is the text `'NULL'`, `'null'` or `'undefined'`, by themselves or by their domain,
unless that is a value that a CHECK or an enum lists.

## Why

Somebody, or some tool, has written NULL in quotes. The column then holds a word of four letters: `IS NULL`
does not find it, it counts as a value in unique keys and sums, and it is shown to people.

## When it is wrong

When the word is data: the name of a type in a catalogue of types, say.

## How to fix it

Drop the default, and set the rows to null that have the word.

## See also

- [Default Values](https://www.postgresql.org/docs/current/ddl-default.html)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import checks, expressions, readable
from pgdossier.analysis.expressions import Literal
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.model.types import Enum
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_WORDS = frozenset(("null", "undefined"))


def check(context: Context) -> Iterator[Found]:
    """Columns with such a word as their default."""
    for relation, column, default in context.defaults:
        node = expressions.parse(default)
        word = None if node is None else readable.without_casts(node)
        if not isinstance(word, Literal) or word.kind != "string" or not context.is_table(relation):
            continue
        if word.text.strip().lower() not in _WORDS or _is_listed(context, relation, column, word.text):
            continue
        own = column.default is not None
        step = fixes.alter_table(relation, f"ALTER COLUMN {quote_identifier(column.name)} DROP DEFAULT")
        yield Found(
            subject=subject.column(relation.qualified, column.name),
            evidence=tr("its default is the text {text}", text=name(word.text))
            if own
            else tr("its default, that of its domain, is the text {text}", text=name(word.text)),
            fix=Fix(
                advice=tr("Drop the default, and set the rows to null that have the word."),
                steps=(step,) if own else (),
            ),
        )


def _is_listed(context: Context, relation: Relation, column: Column, word: str) -> bool:
    """Whether an enum or a CHECK has the word among the values."""
    kind = context.lookup.types.get(column.type_name) if column.type_name else None
    lists = [checks.value_list(one.expression) for one in relation.checks]
    values = [value for found in lists if found and found[0] == column.name for value in found[1]]
    return word in values or (isinstance(kind, Enum) and word in kind.labels)


RULE = Rule(
    name="default_null_text",
    title=mark("Defaults that are the word NULL"),
    severity=Severity.WARNING,
    check=check,
    tags=("schemacrawler: column default is 'NULL'",),
)
