"""Tables that are a kind of another: PostgreSQL's inheritance, and tables that share a key (§5.2)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pgdossier.analysis import checks, english, tables
from pgdossier.analysis.relationships import Relationship
from pgdossier.language import tr
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.types import Enum

_DISCRIMINATORS = frozenset(
    "type kind dtype subtype class discriminator discr polymorphic_identity polymorphic_type".split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_ENDINGS = ("_type", "_kind", "_class", "_dtype")


class Inheriting(msgspec.Struct, frozen=True, kw_only=True):
    """A table that inherits from others by INHERITS (partitions apart), in the order declared."""

    child: QualifiedName
    parents: tuple[QualifiedName, ...]


class SharedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A table whose primary key is at once a foreign key to the primary key of another.

    `subtype` is True when there is evidence that its rows are a kind of the parent's (table per type), else
    it only extends them with optional columns. `discriminator` is the parent's column that tells which, if
    it can be recognised; `value` the one that stands for this table, if that is known.
    """

    relationship: Relationship
    subtype: bool
    evidence: str
    discriminator: str | None = None
    value: str | None = None


def declared(lookup: Lookup) -> tuple[Inheriting, ...]:
    """The tables with INHERITS, by name."""
    return tuple(
        Inheriting(child=relation.qualified, parents=relation.inherits)
        for relation in lookup.relations.values()
        if relation.inherits
    )


def shared_keys(lookup: Lookup, relationships: Iterable[Relationship]) -> tuple[SharedKey, ...]:
    """The tables that share their parent's key, by child.

    The foreign key's columns are the child's whole primary key and reference the parent's whole primary
    key; further columns are allowed when a CHECK gives each of them one value in the child (then it is the
    discriminator). Such a table is a subtype when that is so, when a discriminator of the parent has a value
    called like the table, or when the parent has a discriminator and several such children.
    """
    found = []
    for one in relationships:
        parent = lookup.relations.get(one.parent)
        if parent is not None and not one.self_reference and not one.many:
            shared = _fixed(lookup.relations[one.child], parent, one)
            if shared is not None:
                found.append((one, parent, shared))
    siblings: dict[QualifiedName, int] = {}
    for one, _, _ in found:
        siblings[one.parent] = siblings.get(one.parent, 0) + 1
    made = [_judged(lookup, one, parent, fixed, siblings[one.parent]) for one, parent, fixed in found]
    return tuple(sorted(made, key=lambda shared: (shared.relationship.child, shared.relationship.key.name)))


def _fixed(child: Relation, parent: Relation, one: Relationship) -> dict[str, str] | None:
    """The parent's columns that a check of the child gives one value; None when no key is shared."""
    if child.primary_key is None or parent.primary_key is None:
        return None
    pairs = dict(zip(one.key.columns, one.key.target_columns, strict=True))
    shared = {own for own, target in pairs.items() if target in parent.primary_key.columns}
    whole = {pairs[own] for own in shared} == set(parent.primary_key.columns)
    if not whole or not set(child.primary_key.columns) <= set(pairs):
        return None
    constant = {
        values[0]: values[1][0]
        for check in child.checks
        if check.validated and check.enforced
        for values in [checks.value_list(check.expression)]
        if values is not None and len(values[1]) == 1
    }
    extra = set(pairs) - shared
    if not shared <= set(child.primary_key.columns) | set(constant) or not extra <= set(constant):
        return None
    return {pairs[own]: constant[own] for own in pairs if own in constant}


def _judged(
    lookup: Lookup, one: Relationship, parent: Relation, fixed: dict[str, str], siblings: int
) -> SharedKey:
    if fixed:
        column, value = next(iter(fixed.items()))
        return SharedKey(
            relationship=one,
            subtype=True,
            evidence=tr("a check lets only {column} {value} in", column=column, value=value),
            discriminator=column,
            value=value,
        )
    for column, values in _discriminators(lookup, parent):
        for value in values:
            last = value.replace("\\", ".").rpartition(".")[2]
            if english.same_noun(last, one.child.name) or _qualified(last, one, parent):
                return SharedKey(
                    relationship=one,
                    subtype=True,
                    evidence=tr(
                        "{parent}.{column} has a value of that name", parent=parent.name, column=column
                    ),
                    discriminator=column,
                    value=value,
                )
    found = [column for column, _ in _discriminators(lookup, parent)]
    if siblings > 1 and found:
        return SharedKey(
            relationship=one,
            subtype=True,
            evidence=tr(
                "{siblings} tables share the key of {parent}, whose {column} can tell which",
                siblings=siblings,
                parent=parent.name,
                column=found[0],
            ),
            discriminator=found[0],
        )
    return SharedKey(relationship=one, subtype=False, evidence=tr("the primary key is the foreign key"))


def _qualified(value: str, one: Relationship, parent: Relation) -> bool:
    """Whether a value and the parent's name together are the child's: `card` of payments, card_payments."""
    child, kind = set(english.forms(one.child.name)), english.forms(value)
    return any(
        f"{word}_{noun}" in child or f"{noun}_{word}" in child
        for word in kind
        for noun in english.forms(parent.name)
    )


def _discriminators(lookup: Lookup, parent: Relation) -> list[tuple[str, tuple[str, ...]]]:
    """Columns that can tell the kind of a row, with the values that they are known to have."""
    found = []
    for column in parent.columns:
        name = english.snake(column.name)
        if name not in _DISCRIMINATORS and not name.endswith(_ENDINGS):
            continue
        enum = lookup.types.get(column.type_name) if column.type_name else None
        listed = (checks.value_list(check.expression) for check in parent.checks)
        values = enum.labels if isinstance(enum, Enum) else ()
        values = next((given[1] for given in listed if given and given[0] == column.name), values)
        base = tables.base_type(lookup, column)
        if values or base.startswith(("text", "character", "smallint", "integer")):
            found.append((column.name, values))
    return sorted(found, key=lambda one: (not one[1], one[0] not in _DISCRIMINATORS))
