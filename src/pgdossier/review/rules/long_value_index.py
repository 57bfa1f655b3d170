"""A B-tree over values that may not fit into it.

## What it reports

B-tree indexes, those of keys included, with a column among their keys or included columns that may hold more
than an entry can: `varchar(n)` with n above 2,704, `jsonb`, `tsvector`, and text without a bound whose name
says that it holds prose or whole documents (body, content, description, html, message, notes …). Columns
that a CHECK mentions are left out.

## Why

An entry of a B-tree holds at most a third of a page, 2,704 bytes. PostgreSQL compresses a longer value and,
when that does not help, refuses the row: the INSERT fails, for one customer with a long text, and the column
does not hold what its type promises. An index with such values is also about as large as the table.

## When it is wrong

When something else keeps the values short. Then a CHECK says so, and this rule believes it.

## How to fix it

For equality, use a hash index, or a B-tree on `md5(column)` if it has to be unique. To search for words use
a GIN index on a `tsvector`, for parts of texts one with `pg_trgm`, for keys of documents GIN on the `jsonb`.
Or bound the length.

## See also

- [B-Tree Indexes](https://www.postgresql.org/docs/current/btree.html)
- [Hash Indexes](https://www.postgresql.org/docs/current/hash-index.html)
- [Preferred Index Types for Text Search](https://www.postgresql.org/docs/current/textsearch-indexes.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.model.columns import Column
from pgdossier.model.relations import Relation
from pgdossier.model.types import Domain
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_ENTRY = 2704
_LENGTH = re.compile(r"character varying\((\d+)\)\Z")
_TEXTS = ("text", "character varying")
_UNBOUNDED = (*_TEXTS, "jsonb", "tsvector")
_PROSE = frozenset(
    """
    body content contents description html markdown message notes remarks abstract summary transcript
    """.split()  # noqa: SIM905 - a line of words
)


def check(context: Context) -> Iterator[Found]:
    """B-tree indexes over what may be too long, told by the first such column."""
    for relation, bulky in context.typed(_may_be_long):
        columns = {column.name: column for column in bulky}
        for index in relation.indexes:
            if index.method != "btree" or index.parent is not None:
                continue
            held = [columns.get(one) for one in (*(key.column or "" for key in index.keys), *index.include)]
            found = next(
                ((one, why) for one in held if one is not None and (why := _long(context, relation, one))),
                None,
            )
            if found is not None:
                yield Found(
                    subject=subject.index(relation.qualified, index.name),
                    evidence=tr(
                        "{column} is {type}; an entry of the index holds {bytes} bytes",
                        column=name(found[0].name),
                        type=found[1],
                        bytes=number(_ENTRY),
                    ),
                    fix=Fix(advice=tr("Bound the length, or use an index that is made for such values.")),
                )


def _may_be_long(base: str) -> bool:
    """Whether some values of the type may be too long for an entry."""
    bound = _LENGTH.match(base)
    return base in _UNBOUNDED or (bound is not None and int(bound[1]) > _ENTRY)


def _long(context: Context, relation: Relation, column: Column) -> str | None:
    """What of the column may be too long for an entry, as evidence."""
    base = context.base_type(column)
    if base not in _TEXTS:
        why = name(base)
    elif not _PROSE.isdisjoint(meaning.words(column.name)[-1:]):
        why = tr("{base} without a bound", base=name(base))
    else:
        return None
    own = context.lookup.types.get(column.type_name) if column.type_name else None
    checked = any(column.name in check.columns for check in relation.checks)
    return None if checked or (isinstance(own, Domain) and own.checks) else why


RULE = Rule(
    name="long_value_index",
    title=mark("B-tree indexes over values that may not fit"),
    severity=Severity.WARNING,
    check=check,
)
