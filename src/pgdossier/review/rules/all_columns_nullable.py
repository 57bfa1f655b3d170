"""A table in which everything but the key may be missing.

## What it reports

Tables with at least as many columns besides the primary key as the threshold `nullable_columns` (3), all of
which can be null, and no CHECK that wants any of them. Columns with a default or a generation expression
count as given. Left out are tables that share their parent's key, which hold optional details, and those
whose key says something by itself: one of several columns, or one that is not called `id` or the like.

## Why

A row that says nothing gets in, and no query can rely on any column. Mostly nobody has thought about what is
mandatory yet; it is then the application, or each of several, that decides.

## When it is wrong

For tables that take raw data in as it comes, and are cleaned up later.

## How to fix it

Decide which columns a row must have, fill them, and set them NOT NULL.

## See also

- [Constraints: Not-Null Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import english, expressions, presence
from pgdossier.language import mark, tr
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

COLUMNS = Threshold(
    "nullable_columns", 3, "columns besides the key from which on a table should have a mandatory one"
)
_GENERATED = frozenset(("id", "uuid", "guid", "oid", "pk", "key", "number", "no", "nr"))


def check(context: Context) -> Iterator[Found]:
    """Tables without a mandatory column."""
    sharing = {one.relationship.child for one in context.analysis.shared_keys}
    for relation in context.tables():
        key = relation.primary_key.columns if relation.primary_key is not None else ()
        others = [column for column in relation.columns if column.name not in key]
        if len(others) < context.threshold(COLUMNS) or relation.qualified in sharing or relation.inherits:
            continue
        if len(key) > 1 or (key and not _GENERATED.intersection(english.words(key[0])[-1:])):
            continue  # the key itself says something
        given = any(
            not context.nullable(column) or column.default is not None or column.generated
            for column in others
        )
        if given or _wanted(relation):
            continue
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "all {count} columns besides the primary key can be null and have no default: {columns}",
                count=len(others),
                columns=names([column.name for column in others]),
            )
            if key
            else tr(
                "all {count} columns can be null and have no default: {columns}",
                count=len(others),
                columns=names([column.name for column in others]),
            ),
            fix=Fix(advice=tr("Decide which columns a row must have, fill them, and set them NOT NULL.")),
        )


def _wanted(relation: Relation) -> bool:
    """Whether some CHECK is about nulls."""
    nodes = [expressions.parse(one.expression) for one in relation.checks]
    return any(node is not None and any(True for _ in presence.tested(node)) for node in nodes)


RULE = Rule(
    name="all_columns_nullable",
    title=mark("Tables in which everything may be missing"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: all columns nullable",),
    thresholds=(COLUMNS,),
)
