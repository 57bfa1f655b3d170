"""An array in a B-tree, which finds whole arrays only.

## What it reports

B-tree indexes with a column of an array type among their keys, unless the index is unique.

## Why

A B-tree compares arrays as wholes: it finds the rows whose array equals, or sorts before, another one. What
arrays are mostly asked (does it contain this element, has it any of these) it cannot answer: the operators
`@>`, `&&` and `<@` need a GIN index, and `= ANY (column)` uses no index at all. Long arrays do not fit: a
B-tree entry holds no more than about a third of a page, and inserting a longer one fails.

## When it is wrong

When rows are really looked up by the whole array, or sorted by it; materialized paths of trees are.

## How to fix it

Create a GIN index instead, and ask by `@>` or `&&`.

## See also

- [GIN Indexes](https://www.postgresql.org/docs/current/gin.html)
- [Array Functions and Operators](https://www.postgresql.org/docs/current/functions-array.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.indexes import Index
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, indexing, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """B-tree indexes with an array, told by the first such key."""
    for relation, columns in context.typed(lambda base: base.endswith("[]")):
        arrays = {column.name: context.base_type(column) for column in columns}
        for index in relation.indexes:
            if index.method != "btree" or index.parent is not None or indexing.keeps_promise(index):
                continue
            key = next((key.column for key in index.keys if key.column in arrays), None)
            if key is not None:
                yield Found(
                    subject=subject.index(relation.qualified, index.name),
                    evidence=tr(
                        "{key} is {arrays}; the index is a B-tree", key=name(key), arrays=name(arrays[key])
                    ),
                    fix=_fix(relation, index, key),
                )


def _fix(relation: Relation, index: Index, column: str) -> Fix:
    advice = tr("Create a GIN index on the array instead, if its elements are searched.")
    if len(index.keys) > 1 or index.include:
        return Fix(advice=advice, remark=tr("The other keys then need an index of their own."))
    return Fix(
        advice=advice,
        steps=(
            fixes.create_index(relation, (column,), method="gin", where=index.predicate),
            fixes.drop_index(relation, index.name),
        ),
        remark=tr("Look how queries search: the new index serves the operators @>, <@, && and =."),
    )


RULE = Rule(
    name="array_btree_index",
    title=mark("Arrays in B-tree indexes"),
    severity=Severity.WARNING,
    check=check,
    tags=("pg-index-health: btree indexes on array columns",),
)
