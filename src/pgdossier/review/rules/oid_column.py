"""A column that refers to an object by its OID.

## What it reports

Tables with columns of type `oid`, or of the type `lo` of the extension of that name, all such columns in one
finding. Columns that a trigger with `lo_manage` looks after are left out.

## Why

Such a column mostly holds large objects. These live in a catalog of their own: deleting the row leaves the
object behind, privileges on the table do not protect it, logical replication does not carry it, and only
`vacuumlo` finds the ones that nobody refers to. Where the column refers to a table or a type, a dump and
restore gives that object another OID.

## When it is wrong

When values are really too large for a `bytea`, which ends at one gigabyte and is read whole, or are written
piece by piece; or when a tool keeps OIDs of the catalog for as long as a session lasts.

## How to fix it

Store the content as `bytea`, or outside of the database. If it has to stay, let the extension `lo` remove
objects with their rows.

## See also

- [Large Objects](https://www.postgresql.org/docs/current/largeobjects.html)
- [lo: manage large objects](https://www.postgresql.org/docs/current/lo.html)
- [Object Identifier Types](https://www.postgresql.org/docs/current/datatype-oid.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with columns of type oid or lo."""
    named = any(base == "oid" or base.rpartition(".")[2] == "lo" for base in context.by_type)
    if not named and not any(of.name == "lo" for of in context.lookup.types):
        return
    for relation in context.tables():
        found = [
            column.name
            for column in context.own_columns(relation)
            if (base := context.base_type(column)) == "oid"
            or base.rpartition(".")[2] == "lo"
            or (column.type_name is not None and column.type_name.name == "lo")
        ]
        found = [column for column in found if not _managed(relation, column)]
        if found:
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=trn(
                    "{columns} is oid, and no trigger removes large objects with their rows",
                    "{columns} are oid, and no trigger removes large objects with their rows",
                    len(found),
                    columns=names(found),
                ),
                fix=Fix(
                    advice=tr("Store the content as bytea, or let the extension lo remove large objects.")
                ),
            )


def _managed(relation: Relation, column: str) -> bool:
    """Whether a trigger of the extension lo looks after the column."""
    return any(
        trigger.function.name == "lo_manage" and column in trigger.definition for trigger in relation.triggers
    )


RULE = Rule(
    name="oid_column",
    title=mark("Columns that refer to objects by OID"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: columns with oid type",),
)
