"""Differences in words, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import msgspec

from pgdossier.history.differences import Change, Difference, Element
from pgdossier.model.constraints import NotNull
from pgdossier.model.indexes import IndexKey
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.privileges import Grant
from pgdossier.model.roles import Role, named
from pgdossier.model.types import RangeFunction

# What is said of an element as a whole.
WAS = {Change.ADDED: "was added", Change.REMOVED: "was removed"}

_LONGEST = 160

_LABELS = {
    "comment": "description",
    "type_name": "type",
    "base_type_name": "base type",
    "definition": "definition",
    "columns.order": "order of columns",
    "attributes.order": "order of attributes",
    "partition.bound": "partition bound",
    "partition.parent": "partitioned table",
    "inherits": "parents",
    "local": "declared here and not only inherited",
    "inherited": "only a copy of the parent's",
    "grants": "privileges",
    "check": "WITH CHECK",
    "using": "USING",
}

# Constraints that have an index, and what such an index differs in because its constraint does.
_INDEXED = ("primary key", "unique constraint", "exclusion constraint")
_OF_CONSTRAINT = ("keys", "include", "nulls_not_distinct", "predicate", "definition")

# Fields that only say again, in SQL, what other fields say.
_REPEATING = ("definition", "type_name", "base_type_name", "subtype_name")


def in_words(found: Iterable[Difference], whole: Mapping[Change, str] = WAS) -> tuple[str, ...]:
    """The differences as lines, in the same order.

    Args:
        found: The differences.
        whole: What is said of an element that was added or removed: "was added".
    """
    return tuple(sentence(difference, whole) for difference in worth_saying(found))


def worth_saying(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """The differences without those that only say again what others say.

    That is the same element in SQL, the not-null constraint (PostgreSQL 18) of a column that came, went or
    changed in that, the index of a constraint that did, where columns come from once their table is a
    partition or a child or no longer one, and a role that matters only since it was granted something.
    """
    all_of_them = _without_told_roles(_without_told_not_nulls(tuple(found)))
    fields: dict[tuple[Element, ...], set[str]] = {}
    for difference in all_of_them:
        fields.setdefault(difference.path, set()).add(difference.field)
    return tuple(
        difference
        for difference in all_of_them
        if (difference.field not in _REPEATING or fields[difference.path] <= {*_REPEATING})
        and not _is_told_by_constraint(difference, fields)
        and not _is_told_by_parents(difference, fields)
    )


def _is_told_by_constraint(found: Difference, fields: Mapping[tuple[Element, ...], set[str]]) -> bool:
    """Whether an index differs in nothing but what its constraint, which has the same name, says already."""
    if not found.path or found.path[-1].kind != "index" or found.field not in ("", *_OF_CONSTRAINT):
        return False
    own = found.path[-1].name
    told = [fields.get((*found.path[:-1], Element(each, own)), set()) for each in _INDEXED]
    if found.field:
        return any(not {"columns", "definition"}.isdisjoint(each) for each in told)
    return any("" in each for each in told)


def _is_told_by_parents(found: Difference, fields: Mapping[tuple[Element, ...], set[str]]) -> bool:
    """Whether a table has other parents now, from which its columns and constraints come or came."""
    return (
        len(found.path) == 2
        and found.field in ("local", "inherited")
        and not {"partition", "inherits", "partition.parent"}.isdisjoint(fields.get(found.path[:1], set()))
    )


def _without_told_not_nulls(found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    columns = {
        (difference.path[:-1], difference.path[-1].name)
        for difference in found
        if difference.path and difference.path[-1].kind == "column" and difference.field in ("", "nullable")
    }

    def is_told(difference: Difference) -> bool:
        rule = difference.after if difference.after is not None else difference.before
        return (
            isinstance(rule, NotNull)
            and rule.comment is None
            and (difference.path[:-1], rule.column) in columns
        )

    return tuple(difference for difference in found if not is_told(difference))


def _without_told_roles(found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """Without roles that came or went because something else did that names them, or that they are in.

    PostgreSQL's own are always there: that they come only says that they begin to matter.
    """
    moved = {
        role.name: role
        for role in (_role(difference) for difference in found if not difference.field)
        if role is not None
    }
    if not moved:
        return found
    mentioned: set[str] = set()
    for difference in found:
        if _role(difference) is None:
            values = (difference.before, difference.after)
            mentioned |= named(values)
            if difference.field.rpartition(".")[2] == "owner":
                mentioned |= {value for value in values if isinstance(value, str)}
    above = {each.role for role in moved.values() for each in role.member_of}

    def is_told(difference: Difference) -> bool:
        role = _role(difference)
        if role is None or difference.field:
            return False
        return (
            role.predefined
            or role.name in mentioned | above
            or any(each.role in moved and not moved[each.role].predefined for each in role.member_of)
        )

    return tuple(difference for difference in found if not is_told(difference))


def _role(found: Difference) -> Role | None:
    value = found.after if found.after is not None else found.before
    return value if isinstance(value, Role) else None


def sentence(found: Difference, whole: Mapping[Change, str] = WAS) -> str:
    """One difference in words: `column total of table sales.orders: type integer → bigint`."""
    if found.change is Change.RENAMED:
        return _renamed(found)
    subject = " of ".join(f"{element.kind} {element.name}" for element in reversed(found.path))
    subject = _one_line(subject or "database")
    if not found.field:
        return f"{subject} {whole[found.change]}"
    return f"{subject}: {_change(found)}"


def _renamed(found: Difference) -> str:
    """`column mail of table public.client renamed to email (assumed, 90 %: same position, type)`."""
    old, new = found.former[-1].name, found.path[-1].name
    elements = (Element(found.path[-1].kind, old), *reversed(found.path[:-1]))
    subject = " of ".join(f"{element.kind} {element.name}" for element in elements)
    schema, _, name = new.partition(".")
    is_moved = len(found.path) == 1 and name and old.partition(".")[2] == name
    became = f"moved to schema {schema}" if is_moved else f"renamed to {new}"
    why = f": {found.reason}" if found.reason else ""
    return _one_line(f"{subject} {became} (assumed, {found.confidence} %{why})")


def _change(found: Difference) -> str:
    label = _LABELS.get(found.field) or found.field.replace("_", " ").replace(".", " ")
    if found.field == "nullable":
        return "NOT NULL was dropped" if found.after else "became NOT NULL"
    if found.field == "partition":
        if found.after is None:
            return f"is no partition of {found.before.parent.dotted} any more"
        return f"became a partition of {found.after.parent.dotted} {found.after.bound}"
    if found.field in ("comment", "database.comment") and None in (found.before, found.after):
        described = found.after if found.before is None else found.before
        whose = " of the database" if found.field != "comment" else ""
        return f"description{whose} {'added' if found.before is None else 'removed'}: {_excerpt(described)}"
    if isinstance(found.before, bool) and isinstance(found.after, bool):
        return f"{label} {_value(found.before)} → {_value(found.after)}"
    before, after = _value(found.before), _value(found.after)
    if found.field == "grants":  # none means: as PostgreSQL has it before anything is granted
        before = "as built in" if found.before is None else before
        after = "as built in" if found.after is None else after
    if "\n" in before or "\n" in after or max(len(before), len(after)) > _LONGEST:
        before, after = _first_difference(before, after)
        return f"{label} differs, first in: {before} → {after}"
    return f"{label} {before} → {after}"


def _value(value: Any) -> str:
    """A value of the model for people."""
    match value:
        case None | ():
            return "none"
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case tuple():
            return ", ".join(map(_value, value))
        case msgspec.Struct():
            return _structure(value)
        case _:
            return str(value) or "''"


def _structure(value: msgspec.Struct) -> str:
    match value:
        case QualifiedName():
            return value.dotted
        case RoutineName():
            return value.sql
        case RangeFunction():
            return f"{value.schema}.{value.name}"
        case IndexKey():
            return value.expression
        case Grant():
            return f"{value.privilege} to {value.grantee or 'PUBLIC'}"
        case _:
            return msgspec.json.encode(value).decode()


def _first_difference(before: str, after: str) -> tuple[str, str]:
    """The first lines that differ, cut to where they do."""
    old, new = before.split("\n"), after.split("\n")
    at = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    left = old[at].strip() if at < len(old) else "(end)"
    right = new[at].strip() if at < len(new) else "(end)"
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), 0)
    start = max(0, start - 30)
    return _cut(left, start), _cut(right, start)


def _excerpt(text: str) -> str:
    """The beginning of a text: its first line, if that is not too long."""
    first = text.strip().partition("\n")[0].rstrip()
    return _cut(first, 0) if first == text.strip() or len(first) > _LONGEST else f"{first} …"


def _cut(text: str, start: int) -> str:
    part = text[start : start + _LONGEST]
    return f"{'…' if start else ''}{part}{'…' if start + _LONGEST < len(text) else ''}"


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
