"""Columns of a foreign key whose types or collations are not those of the columns that they reference.

## What it reports

Foreign keys with a pair of columns of different types, domains counted as what they are made of: `bigint`
and `integer`, `numeric` and `integer`, `char(n)` and `text`. Two texts differ only when the referencing
column is the shorter one, so that it cannot hold every key. Pairs with different collations are reported as
well.

## Why

A referencing column that is too narrow fails on the first key that it cannot hold: often years later, when a
sequence passes the end of `integer`. Other pairs are compared by operators of two types, which keeps some
indexes and hash joins from being used. Two columns with different collations cannot be compared at all
without a COLLATE clause: a plain join fails.

## When it is wrong

When the referenced values are known to stay within the narrower type, or while a table is widened step by
step.

## How to fix it

Give the referencing column the type of the referenced one. From `integer` to `bigint` that writes the table
anew under a lock that blocks reads and writes; a longer `varchar` does not. Where the referenced column is
the narrower one, widen that one, its sequence, and whatever else references it.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [Collation Support](https://www.postgresql.org/docs/current/collation.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.analysis.relationships import Relationship
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.model.types import Domain
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Step, Work
from pgdossier.review.rule import Found, Rule, Severity

_WIDTHS = {"smallint": 2, "integer": 4, "bigint": 8}
_BOUNDED = re.compile(r"character varying\((\d+)\)\Z")
_TEXTS = ("text", "character varying")


def check(context: Context) -> Iterator[Found]:
    """Foreign keys with a pair of columns that differ."""
    for one in context.analysis.relationships:
        parent = context.lookup.relations.get(one.parent)
        child = context.lookup.relations.get(one.child)
        if parent is None or child is None or not context.reviewed(one.child):
            continue
        said: list[str] = []
        steps: list[Step] = []
        complete = True
        for own, target in zip(one.key.columns, one.key.target_columns, strict=True):
            pair = (child.column(own), parent.column(target))
            types = (context.base_type(pair[0]), context.base_type(pair[1]))
            if differs(*types):
                said.append(_said(one, own, target, types))
                step = _step(child, pair, types)
                complete = complete and step is not None and _alterable(child, own)
                steps += [step] if step is not None else []
            elif (collations := _collations(context, pair)) is not None:
                said.append(
                    tr(
                        "{column} is collated by {own}, {target} by {other}",
                        column=name(own),
                        own=name(collations[0]),
                        target=name(f"{one.parent.dotted}.{target}"),
                        other=name(collations[1]),
                    )
                )
                complete = False
        if said:
            yield Found(
                subject=subject.constraint(one.child, one.key.name)
                if one.key in child.foreign_keys
                else subject.column(one.child, one.key.columns[0]),  # declared by the partitions
                evidence="; ".join(said),
                fix=Fix(
                    advice=tr(
                        "Give both columns the same type and collation, that of the referenced key unless it"
                        " is the narrower one."
                    ),
                    steps=tuple(steps),
                    complete=complete and bool(steps),
                    remark=tr("Views that show the column must be dropped before and made again."),
                ),
            )


def differs(own: str, target: str) -> bool:
    """Whether a column of the first type is a bad match for a key of the second."""
    if own == target:
        return False
    if own.startswith(_TEXTS) and target.startswith(_TEXTS):
        bounds = _BOUNDED.match(own), _BOUNDED.match(target)
        if bounds[0] is None:
            return False
        return bounds[1] is None or int(bounds[0][1]) < int(bounds[1][1])
    return not (own.startswith("numeric") and target.startswith("numeric"))


def _said(one: Relationship, own: str, target: str, types: tuple[str, str]) -> str:
    values = {
        "column": name(own),
        "own": name(types[0]),
        "target": name(f"{one.parent.dotted}.{target}"),
        "other": name(types[1]),
    }
    narrow, wide = _WIDTHS.get(types[0]), _WIDTHS.get(types[1])
    if (narrow and wide and narrow < wide) or types[0].startswith("character varying("):
        return tr("{column} is {own}, {target} is {other}, so not every key can be referenced", **values)
    return tr("{column} is {own}, {target} is {other}", **values)


def _step(child: Relation, pair: tuple[Column, Column], types: tuple[str, str]) -> Step | None:
    """The referencing column's change of type, where that loses nothing."""
    own, target = types
    if pair[0].type_name is not None or pair[1].type_name is not None:
        return None
    if _WIDTHS.get(own, 9) < _WIDTHS.get(target, 0):
        return fixes.change_type(child, pair[0].name, target)
    if own.startswith("character varying(") and target.startswith(_TEXTS):
        action = f"ALTER COLUMN {quote_identifier(pair[0].name)} TYPE {target}"
        return fixes.alter_table(child, action, work=Work.CATALOG)
    return None


def _alterable(child: Relation, column: str) -> bool:
    """Whether the type can be changed here: not of an inherited column, not of a partition key."""
    partitioned_by = child.partitioning is not None and (
        column in child.partitioning.columns or not child.partitioning.columns
    )
    return child.column(column).local and not partitioned_by


def _collations(context: Context, pair: tuple[Column, Column]) -> tuple[str, str] | None:
    """The two collations by name when they differ."""
    own, target = (_collation(context, column) for column in pair)
    return None if own == target else (own, target)


def _collation(context: Context, column: Column) -> str:
    """The collation of a column, else that of its domain, else the default one."""
    if column.collation is not None:
        return column.collation.dotted
    domain = context.lookup.types.get(column.type_name) if column.type_name else None
    while isinstance(domain, Domain):
        if domain.collation is not None:
            return domain.collation.dotted
        domain = context.lookup.types.get(domain.base_type_name) if domain.base_type_name else None
    return "default"


RULE = Rule(
    name="foreign_key_type_mismatch",
    title=mark("Foreign keys between columns of different types"),
    severity=Severity.WARNING,
    check=check,
    tags=(
        "schemacrawler: foreign key and primary key have different data types",
        "pg-index-health: foreign keys with unmatched column type",
        "azimutt: misaligned relation",
    ),
)
