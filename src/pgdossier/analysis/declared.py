"""Relationships that the project declares in its configuration, checked against the snapshot (§5.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from pgdossier.analysis import implied, tables
from pgdossier.analysis.relationships import Relationship
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

Cardinality = Literal["many-to-one", "one-to-one"]

_NAME = r'(?:"(?:[^"]|"")+"|[^\s".,()]+)'
_END = re.compile(rf"\s*(?:({_NAME})\s*\.\s*)?({_NAME})\s*\(\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*\)\s*\Z")
_ITEM = re.compile(_NAME)


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration says: the two ends as `schema.table(column, …)`, and what is known of them."""

    child: str
    parent: str
    cardinality: Cardinality = "many-to-one"
    note: str = ""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A declaration that fits the snapshot. `remarks` say what a reader should know of it."""

    relationship: Relationship
    note: str = ""
    remarks: tuple[str, ...] = ()


class Declarations(msgspec.Struct, frozen=True, kw_only=True):
    """Those that fit, by child and columns; and why others do not, each in a sentence."""

    found: tuple[Declared, ...] = ()
    problems: tuple[str, ...] = ()


class _Misfit(Exception):  # noqa: N818 - never leaves this module
    """Why a declaration does not fit; its only argument."""


def end(text: str) -> tuple[str | None, str, tuple[str, ...]] | None:
    """Schema (if given), table and columns of `schema.table(column, …)`; None when it is nothing of the kind.

    Names are taken as they are written; those with spaces, dots, commas or parentheses stand in double
    quotes as in SQL.
    """
    match = _END.match(text)
    if match is None:
        return None
    schema, table, columns = match.groups()
    names = tuple(_plain(name) for name in _ITEM.findall(columns))
    return (_plain(schema) if schema else None), _plain(table), names


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def resolve(
    lookup: Lookup, relationships: Iterable[Relationship], declarations: Iterable[Declaration]
) -> Declarations:
    """Checks declarations against a snapshot.

    A table without schema is looked for in all of them and must be the only one of its name; a partition
    stands for its table. The cardinality is the declaration's word; whether the parent is optional follows
    from the child's columns.
    """
    foreign = {(one.child, frozenset(one.key.columns), one.parent): one for one in relationships}
    found: dict[tuple[QualifiedName, tuple[str, ...], QualifiedName, tuple[str, ...]], Declared] = {}
    problems = []
    for declaration in declarations:
        said = f"the declared relationship from {declaration.child} to {declaration.parent}"
        try:
            child, columns = _end(lookup, declaration.child)
            parent, targets = _end(lookup, declaration.parent)
            if len(columns) != len(targets):
                raise _Misfit("names a different number of columns on either side")
            known = foreign.get((child.qualified, frozenset(columns), parent.qualified))
            if known is not None:
                raise _Misfit(f"is the foreign key {known.key.name}, and need not be declared")
            shape = (child.qualified, columns, parent.qualified, targets)
            if shape[:2] == shape[2:]:
                raise _Misfit("ties columns to themselves")
            if shape in found:
                raise _Misfit("is declared twice")
            found[shape] = _declared(lookup, declaration, child, columns, parent, targets)
        except _Misfit as why:
            problems.append(f"{said} {why}; it was left out")
    return Declarations(
        found=tuple(one for _, one in sorted(found.items(), key=lambda pair: pair[0])),
        problems=tuple(problems),
    )


def _end(lookup: Lookup, text: str) -> tuple[Relation, tuple[str, ...]]:
    parsed = end(text)
    if parsed is None:
        raise _Misfit(f"cannot be read: {text} is not written schema.table(column)")
    schema, table, columns = parsed
    if schema is None:
        named = [name for name in lookup.relations if name.name == table]
        if len(named) > 1:
            listed = ", ".join(name.dotted for name in sorted(named))
            raise _Misfit(f"does not say which {table} it means: {listed}")
        name = named[0] if named else None
    else:
        name = QualifiedName(schema, table)
    relation = lookup.relations.get(tables.root(lookup, name)) if name is not None else None
    if relation is None:
        raise _Misfit(
            f"names {table if schema is None else f'{schema}.{table}'}, which is not documented here"
        )
    have = {column.name for column in relation.columns}
    for column in columns:
        if column not in have:
            raise _Misfit(f"names the column {column}, which {relation.qualified.dotted} does not have")
    return relation, columns


def _declared(
    lookup: Lookup,
    declaration: Declaration,
    child: Relation,
    columns: tuple[str, ...],
    parent: Relation,
    targets: tuple[str, ...],
) -> Declared:
    many = declaration.cardinality == "many-to-one"
    remarks = []
    for own, target in zip(columns, targets, strict=True):
        types = [
            tables.base_type(lookup, relation.column(name))
            for relation, name in ((child, own), (parent, target))
        ]
        if types[0] != types[1]:
            remarks.append(f"{own} is of type {types[0]}, {target} of type {types[1]}")
    return Declared(
        relationship=implied.assumed(lookup, child, columns, parent.qualified, targets, many=many),
        note=declaration.note,
        remarks=tuple(remarks),
    )
