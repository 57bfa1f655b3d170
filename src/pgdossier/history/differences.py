"""Two structures -> the list of their differences, as typed values.

The comparison walks the model generically: whatever has a name is an element that is matched by it, and
everything else is a field of the element that holds it. So a new family of objects needs nothing here but,
where its name is not `name` (with `schema`), a line in `_NAMES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias, TypeVar

import msgspec

from pgdossier.model.base import Model
from pgdossier.model.casts import Cast, Transform
from pgdossier.model.constraints import Check, Exclusion, ForeignKey, Key, NotNull
from pgdossier.model.dependencies import Dependency, ObjectName
from pgdossier.model.extensions import Extension
from pgdossier.model.foreign_data import UserMapping
from pgdossier.model.indexes import IndexKey
from pgdossier.model.operators import FamilyMember, Operator, OperatorClass, OperatorFamily
from pgdossier.model.privileges import ChangedGrants, DefaultPrivileges, Grant
from pgdossier.model.relations import Relation
from pgdossier.model.replication import PublishedTable
from pgdossier.model.roles import Membership
from pgdossier.model.routines import Routine
from pgdossier.model.scope import Gap
from pgdossier.model.security_labels import SecurityLabel
from pgdossier.model.server import Database
from pgdossier.model.snapshot import Structure
from pgdossier.model.text_search import TextSearchMapping
from pgdossier.model.types import Base, Composite, Domain, DomainCheck, Enum, Range, RangeFunction

_T = TypeVar("_T")


class Change(StrEnum):
    """What happened to an element."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"


class Element(NamedTuple):
    """One named thing: its kind in PostgreSQL's words, and its name for people (`schema.name`)."""

    kind: str
    name: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference.

    Attributes:
        path: The element, after those that hold it: a table, then its column. Empty for the database itself.
        change: What happened. `differences` never says that something was renamed; `changes` does, and gives
            everything the path that it has after that.
        field: The field of the model that changed (`type`, `nullable`, `partition.bound`); empty when the
            element as a whole was added or removed. `order` is the order of the elements that it holds:
            `columns.order`.
        before: The value of the model before; None when there was none.
        after: The value of the model after; None when there is none any more.
        former: Where an element that was renamed was before; empty otherwise.
        confidence: How sure it is that it was renamed, in percent.
        reason: What speaks for that.
    """

    path: tuple[Element, ...]
    change: Change
    field: str = ""
    before: Any = None
    after: Any = None
    former: tuple[Element, ...] = ()
    confidence: int | None = None
    reason: str = ""


Path: TypeAlias = tuple[Element, ...]

# How elements are told apart whose name is not `schema` and `name`.
_NAMES: dict[type, Callable[[Any], str]] = {
    Extension: lambda found: found.name,  # it is no object of the schema that its members are in
    Routine: lambda found: f"{found.schema}.{found.name}({found.identity_arguments})",
    Operator: lambda found: f"{found.schema}.{found.name} {found.arguments}",
    OperatorClass: lambda found: f"{found.schema}.{found.name} using {found.method}",
    OperatorFamily: lambda found: f"{found.schema}.{found.name} using {found.method}",
    FamilyMember: lambda found: f"{found.number} {found.item}",
    Cast: lambda found: f"{found.source} to {found.target}",
    Transform: lambda found: f"{found.type} for {found.language}",
    Grant: lambda found: f"{found.privilege} to {found.grantee or 'PUBLIC'} by {found.grantor}",
    DefaultPrivileges: lambda found: f"on {found.objects} of {found.role} in {found.schema or 'all schemas'}",
    ChangedGrants: lambda found: f"on {found.object}" + (f" ({found.column})" if found.column else ""),
    UserMapping: lambda found: found.role or "PUBLIC",
    Membership: lambda found: f"in {found.role}" + (f" by {found.grantor}" if found.grantor else ""),
    PublishedTable: lambda found: found.relation.dotted,
    TextSearchMapping: lambda found: found.token,
    SecurityLabel: lambda found: f"{found.object} of {found.provider}",
    Dependency: lambda found: (
        f"of {_object(found.dependent)} ({found.part}{' ' if found.part_name else ''}{found.part_name})"
        f" on {_object(found.referenced)}"
    ),
    Gap: lambda found: found.family,
}

# What the kinds are called whose class has another name.
_KINDS: dict[type, str] = {
    Enum: "enum type",
    Composite: "composite type",
    Range: "range type",
    Base: "base type",
    Domain: "domain",
    DomainCheck: "check constraint",
    Check: "check constraint",
    Exclusion: "exclusion constraint",
    ForeignKey: "foreign key",
    NotNull: "not-null constraint",
    FamilyMember: "member",
    DefaultPrivileges: "default privileges",
    PublishedTable: "table",
    TextSearchMapping: "mapping",
    Grant: "grant",
}

# Values that are no elements of their own although some have a name: their fields belong to what holds them.
_PLAIN = (Database, IndexKey, RangeFunction)


def differences(before: Structure, after: Structure) -> tuple[Difference, ...]:
    """What is different in `after`, sorted by path and field."""
    return tuple(sorted(_of_fields((), before, after), key=_sort_key))


def _sort_key(found: Difference) -> tuple[Any, ...]:
    return (found.path, found.field, found.change)


def _of_fields(path: Path, before: Model, after: Model, prefix: str = "") -> Iterator[Difference]:
    """The differences of two values of the same class."""
    for name in before.__struct_fields__:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield from _of_values(path, prefix + name, old, new)


def _of_values(path: Path, field: str, old: Any, new: Any) -> Iterator[Difference]:
    """The differences of a field whose values are not equal."""
    if are_elements(old) and are_elements(new):
        yield from _of_elements(path, field, old or (), new or ())
        if (old is None) != (new is None):  # grants: none at all is not the same as the built-in defaults
            yield Difference(path=path, change=Change.CHANGED, field=field, before=old, after=new)
    elif _is_element(old or new) and (old is None or new is None or type(old) is type(new)):
        yield from _of_elements(path, field, (old,) if old else (), (new,) if new else ())
    elif isinstance(old, Model) and type(old) is type(new):
        yield from _of_fields(path, old, new, f"{field}.")
    else:
        yield Difference(path=path, change=Change.CHANGED, field=field, before=old, after=new)


def _of_elements(
    path: Path, field: str, before: Sequence[Model], after: Sequence[Model]
) -> Iterator[Difference]:
    """The differences of what one element holds, matched by name."""
    lost, gained = unlike(before, after)
    old, new = _by_name([found for _, found in lost]), _by_name(gained)
    for name, found in old.items():
        inner = (*path, Element(kind(found, field), name[0]))
        if name not in new:
            yield Difference(path=inner, change=Change.REMOVED, before=found)
        elif found != new[name]:
            yield from _of_fields(inner, found, new[name])
    for name, found in new.items():
        if name not in old:
            inner = (*path, Element(kind(found, field), name[0]))
            yield Difference(path=inner, change=Change.ADDED, after=found)
    # What has no order of its own is sorted by name, so only columns, attributes and the like can differ.
    pairs = {id(found): id(new[name]) for name, found in old.items() if name in new}
    removed = {id(found) for name, found in old.items() if name not in new}
    added = {id(found) for name, found in new.items() if name not in old}
    kept_before = [found for found in before if id(found) not in removed]
    kept_after = [found for found in after if id(found) not in added]
    if [pairs.get(id(found), id(found)) for found in kept_before] != list(map(id, kept_after)):
        yield Difference(
            path=path,
            change=Change.CHANGED,
            field=f"{field}.order",
            before=tuple(map(name_of, kept_before)),
            after=tuple(map(name_of, kept_after)),
        )


def unlike(before: Sequence[_T], after: Sequence[_T]) -> tuple[list[tuple[int, _T]], list[_T]]:
    """What two sequences do not share: the old objects with their places, and the new ones.

    Objects that are in both (`sharing`) are not looked at.
    """
    if before is after:
        return [], []
    ours, theirs = set(map(id, before)), set(map(id, after))
    return (
        [(at, each) for at, each in enumerate(before) if id(each) not in theirs],
        [each for each in after if id(each) not in ours],
    )


def _by_name(elements: Sequence[Model]) -> dict[tuple[str, int], Model]:
    """The elements by name; a number tells apart what has the same name all the same."""
    found: dict[tuple[str, int], Model] = {}
    for element in elements:
        label = name_of(element)
        number = 0
        while (label, number) in found:
            number += 1
        found[label, number] = element
    return found


def are_elements(value: Any) -> bool:
    """Whether a value of the model holds elements that have names, or may."""
    return value is None or (isinstance(value, tuple) and all(map(_is_element, value)))


def _is_element(value: Any) -> bool:
    return isinstance(value, Model) and not isinstance(value, _PLAIN) and _has_name(type(value))


def _has_name(of: type[Model]) -> bool:
    return of in _NAMES or "name" in of.__struct_fields__


def name_of(element: Model) -> str:
    """The name by which an element is matched, for people."""
    name = _NAMES.get(type(element))
    if name is not None:
        return name(element)
    schema = getattr(element, "schema", None)
    own: str = getattr(element, "name")  # noqa: B009 - what has no `name` is in _NAMES
    return f"{schema}.{own}" if schema is not None else own


def kind(element: Model, field: str = "") -> str:
    """What an element is called in PostgreSQL's words; `field` is the field that holds it."""
    if isinstance(element, Relation | Routine):
        return element.kind.value
    if isinstance(element, Key):
        return "primary key" if field == "primary_key" else "unique constraint"
    of = type(element)
    return _KINDS.get(of) or re.sub(r"(?<=.)([A-Z])", r" \1", of.__name__).lower()


def _object(found: ObjectName) -> str:
    dotted = f"{found.schema}.{found.name}" if found.schema else found.name
    return f"{found.kind} {dotted}{f' ({found.arguments})' if found.arguments else ''}"
