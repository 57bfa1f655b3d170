"""Primary keys against the convention: natural or generated.

## What it reports

Nothing, until the convention `primary_keys` takes a side. On the side `generated`: tables whose primary key
is made of values that mean something: of one column, or of several of which none is a foreign key. Texts of
32 or 36 characters called `id` are taken for UUIDs. On the side `natural`: tables with a generated key that
have another unique key over columns that are never null.

## Why

Both views in one line: what means something changes one day, and then the change has to reach every table
that references it (generated); a key that means something makes joins superfluous, and a generated one
allows the same thing twice (natural).

## When it is wrong

When the side does not fit the house. The default side is `any`, which reports nothing. Codes that somebody
else keeps stable, such as those of countries, are good natural keys in any house.

## How to fix it

On the side `generated`: add an identity column as the primary key, and keep the old key as a unique one. On
the side `natural`: reference the unique key, and drop the generated column when nobody uses it any more.

## See also

- [Constraints: Primary Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS)
- [Identity Columns](https://www.postgresql.org/docs/current/ddl-identity-columns.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import english
from pgdossier.analysis.keys import KeyKind
from pgdossier.analysis.relationships import keys
from pgdossier.language import mark, tr
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

KEYS = Convention(
    "primary_keys",
    ("any", "generated", "natural"),
    "what means something changes one day (generated); a generated key allows the same thing twice (natural)",
)
_GENERATED = (KeyKind.IDENTITY, KeyKind.SERIAL, KeyKind.UUID)


def check(context: Context) -> Iterator[Found]:
    """Primary keys on the wrong side, when there is one."""
    side = context.side(KEYS)
    kinds: dict[QualifiedName, KeyKind] = {
        table: group.kind for group in context.analysis.key_strategy.rows for table in group.tables
    }
    for relation in context.tables():
        key, kind = relation.primary_key, kinds.get(relation.qualified)
        if key is None:
            continue
        if side == "generated" and _means_something(context, relation, kind):
            types = [f"{one} {context.base_type(relation.column(one))}" for one in key.columns]
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr("its primary key is {types}", types=names(types)),
                fix=Fix(
                    advice=tr("Add an identity column as the primary key, and keep this one as a unique key.")
                ),
            )
        elif side == "natural" and kind in _GENERATED:
            other = _other(context, relation)
            if other is not None:
                yield Found(
                    subject=subject.relation(relation.qualified),
                    evidence=tr(
                        "its primary key {columns} is generated, and {index} keeps {others} unique, never"
                        " null",
                        columns=names(key.columns),
                        index=name(other[0]),
                        others=names(other[1]),
                    ),
                    fix=Fix(advice=tr("Reference that key instead of the generated one.")),
                )


def _means_something(context: Context, relation: Relation, kind: KeyKind | None) -> bool:
    if kind is KeyKind.COMPOSITE and relation.primary_key is not None:
        return not context.foreign_key_columns(relation) & set(relation.primary_key.columns)
    return kind is KeyKind.NATURAL and not _is_written_uuid(context, relation)


def _is_written_uuid(context: Context, relation: Relation) -> bool:
    """Whether the key looks like a UUID that the application makes and writes as text."""
    if relation.primary_key is None:
        return False
    column = relation.column(relation.primary_key.columns[0])
    identifier = english.words(column.name)[-1:] in (("id",), ("uuid",), ("guid",))
    return identifier and context.base_type(column).endswith(("(32)", "(36)"))


def _other(context: Context, relation: Relation) -> tuple[str, tuple[str, ...]] | None:
    """Another unique key over columns that are never null, and not made of foreign keys alone."""
    for key in keys(relation):
        if key is relation.primary_key or key.deferrable or _has_primary(relation, key.columns):
            continue
        if any(context.nullable(relation.column(column)) for column in key.columns):
            continue
        generated = any(
            context.base_type(relation.column(column)) == "uuid"
            or relation.column(column).identity is not None
            for column in key.columns
        )
        if not generated and not set(key.columns) <= context.foreign_key_columns(relation):
            return key.name, key.columns
    return None


def _has_primary(relation: Relation, columns: tuple[str, ...]) -> bool:
    return relation.primary_key is not None and set(relation.primary_key.columns) <= set(columns)


RULE = Rule(
    name="natural_key",
    title=mark("Primary keys against the convention"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: primary keys with natural or varchar columns",),
    convention=KEYS,
)
