"""Which kinds of primary key the tables have (§6.1)."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from pgdossier.analysis import expressions, readable, tables
from pgdossier.analysis.expressions import Call, Literal
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation


class KeyKind(StrEnum):
    """How the values of a primary key come about."""

    IDENTITY = mark("identity")
    SERIAL = mark("serial")
    UUID = mark("uuid")
    NATURAL = mark("natural")
    COMPOSITE = mark("composite")
    FOREIGN_KEY = mark("foreign key")
    DEFAULT = mark("default expression")
    PLAIN_INTEGER = mark("integer without a generator")
    NONE = mark("none")


class KeyGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The tables whose primary key is of one kind; `detail` is its type or default where that matters.

    A foreign key is the key of a table that shares it with the referenced one. A natural key is any that
    nothing in the database generates and that is no integer.
    """

    kind: KeyKind
    detail: str
    tables: tuple[QualifiedName, ...]

    @property
    def label(self) -> str:
        """The kind for people, with its detail where that says more than the kind does."""
        new = self.detail and self.detail not in self.kind.split()
        return f"{tr(self.kind)} ({self.detail})" if new else tr(self.kind)


class KeyStrategy(msgspec.Struct, frozen=True, kw_only=True):
    """All groups, most tables first; `total` is the number of tables."""

    rows: tuple[KeyGroup, ...]
    total: int

    def count(self, kind: KeyKind) -> int:
        """How many tables have a key of that kind."""
        return sum(len(group.tables) for group in self.rows if group.kind is kind)


_INTEGERS = ("smallint", "integer", "bigint")
_NEXT_VALUE = frozenset(("nextval", "pg_catalog.nextval"))
_IDENTIFIER = re.compile(r'"((?:[^"]|"")+)"|([^."]+)')


def strategy(lookup: Lookup) -> KeyStrategy:
    """The kinds of primary key of all tables; partitions count with their table."""
    groups: dict[tuple[KeyKind, str], list[QualifiedName]] = {}
    total = 0
    for relation in tables.tables(lookup):
        total += 1
        groups.setdefault(_kind(lookup, relation), []).append(relation.qualified)
    found = (
        KeyGroup(kind=kind, detail=detail, tables=tuple(sorted(names)))
        for (kind, detail), names in groups.items()
    )
    return KeyStrategy(
        rows=tuple(sorted(found, key=lambda group: (-len(group.tables), group.kind, group.detail))),
        total=total,
    )


def _kind(lookup: Lookup, relation: Relation) -> tuple[KeyKind, str]:
    key = relation.primary_key
    if key is None:
        return KeyKind.NONE, ""
    if any(set(foreign.columns) == set(key.columns) for foreign in relation.foreign_keys):
        return KeyKind.FOREIGN_KEY, tr("the key of the referenced row")
    if len(key.columns) > 1:
        return KeyKind.COMPOSITE, ""
    return _single(lookup, relation, relation.column(key.columns[0]))


def _single(lookup: Lookup, relation: Relation, column: Column) -> tuple[KeyKind, str]:
    type_name = tables.base_type(lookup, column)
    default = tables.base_default(lookup, column)
    if column.identity is not None:
        return KeyKind.IDENTITY, type_name
    sequence = drawn_from(default)
    if sequence is not None:
        found = lookup.sequences.get(sequence)
        owner = found.owned_by if found is not None else None
        owned = owner is not None and (owner.relation, owner.column) == (relation.qualified, column.name)
        return KeyKind.SERIAL, type_name if owned else tr(
            "{type_name}, sequence not owned by the column", type_name=type_name
        )
    if type_name == "uuid":
        return KeyKind.UUID, tr("default {default}", default=default) if default is not None else tr(
            "no default"
        )
    if default is not None or column.generated is not None:
        expression = column.default if default is None else default
        return KeyKind.DEFAULT, tr(
            "{type_name}, default {expression}", type_name=type_name, expression=expression
        )
    return (KeyKind.PLAIN_INTEGER, type_name) if type_name in _INTEGERS else (KeyKind.NATURAL, "")


def drawn_from(default: str | None) -> QualifiedName | None:
    """The sequence of a default `nextval('schema.name'::regclass)`; None when it is anything else."""
    node = None if default is None else expressions.parse(default)
    match node:
        case Call(name=name, arguments=(argument,)) if name in _NEXT_VALUE:
            text = readable.without_casts(argument)
            if isinstance(text, Literal):
                parts = [
                    (quoted.replace('""', '"') or plain) for quoted, plain in _IDENTIFIER.findall(text.text)
                ]
                return QualifiedName(parts[0], parts[1]) if len(parts) == 2 else QualifiedName("", text.text)
    return None
