"""A table with very many columns.

## What it reports

Tables with as many columns as the threshold `god_table_columns` (50), or more. Columns that a table inherits
count: they are in its rows.

## Why

A table that wide mostly describes several things at once. Rows get long, so fewer fit on a page; every
update writes a whole new row version; nobody can say which columns belong together or are required when.

## When it is wrong

For staging tables that mirror a file, for wide facts of a warehouse, and for things that really have that
many independent properties.

## How to fix it

Find the groups of columns that change together or share a prefix, and give each group a table of its own
with the same primary key. The finding names the largest groups of columns that share a prefix.

## See also

- [Limits: columns per table](https://www.postgresql.org/docs/current/limits.html)
- [Database Page Layout](https://www.postgresql.org/docs/current/storage-page-layout.html)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

COLUMNS = Threshold("god_table_columns", 50, "columns from which on a table is very wide")


def check(context: Context) -> Iterator[Found]:
    """Tables with too many columns, with the prefixes that most of them share."""
    for relation in context.tables():
        count = len(relation.columns)
        if count >= context.threshold(COLUMNS):
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr(
                    "{relation} has {count} columns{groups}",
                    relation=name(relation.qualified.dotted),
                    count=count,
                    groups=_groups(relation),
                ),
                fix=Fix(advice=tr("Move groups of columns that belong together into tables of their own.")),
            )


def _groups(relation: Relation) -> str:
    """The prefixes that at least four columns share, the three most frequent."""
    counts = Counter(
        column.name.split("_")[0] for column in relation.columns if "_" in column.name.strip("_")
    )
    shared = sorted((-count, prefix) for prefix, count in counts.items() if count >= 4 and prefix)
    listed = ", ".join(
        tr("{count} begin with {prefix}", count=-count, prefix=name(f"{prefix}_"))
        for count, prefix in shared[:3]
    )
    return f"; {listed}" if listed else ""


RULE = Rule(
    name="god_table",
    title=mark("Tables with very many columns"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed", "azimutt: too large", "tbls: column count"),
    thresholds=(COLUMNS,),
)
