"""What a difference means for those who use the database: a class for readers and one for writers, by rules.

- *breaking*: a statement that worked may fail, be refused, or mean something else.
- *widening*: what worked works; more is possible, or values may come that could not come before.
- *neutral*: nobody who reads or writes rows notices, but for how long it takes.

The rules see declarations only. What a view, a routine or a trigger computes is not judged: a new definition
under the same signature is neutral (its columns and its result type are differences of their own), and a
trigger that comes, goes or changes is widening for writers. Another name breaks whoever uses the old one;
nobody who reads or writes rows uses the name of an index, a constraint, a trigger or a policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from pgdossier.history.differences import Change, Difference
from pgdossier.model.columns import Column, Identity
from pgdossier.model.constraints import Check, ForeignKey
from pgdossier.model.indexes import Index
from pgdossier.model.policies import Command, Policy
from pgdossier.model.privileges import Grant
from pgdossier.model.triggers import Timing, Trigger


class Risk(IntEnum):
    """The classes, the worst last."""

    NEUTRAL = 0
    WIDENING = 1
    BREAKING = 2

    @property
    def word(self) -> str:
        """The class in a word: `breaking`."""
        return self.name.lower()


class Risks(NamedTuple):
    """What a difference is for those who read rows, and for those who write them."""

    readers: Risk
    writers: Risk

    @property
    def worst(self) -> Risk:
        """The worse of the two."""
        return max(self)


_NEUTRAL = Risks(Risk.NEUTRAL, Risk.NEUTRAL)
_WIDENING = Risks(Risk.WIDENING, Risk.WIDENING)
_BREAKING = Risks(Risk.BREAKING, Risk.BREAKING)
_STRICTER = Risks(Risk.NEUTRAL, Risk.BREAKING)  # fewer rows can be written
_WRITES_CHANGE = Risks(Risk.NEUTRAL, Risk.WIDENING)

# What is no part of what statements see; default privileges are about objects that are not there yet.
_UNSEEN = frozenset(
    {"default privileges", "dependency", "extended statistics", "gap", "security label", "subscription"}
)
_CONSTRAINTS = frozenset(
    {
        "primary key",
        "unique constraint",
        "foreign key",
        "check constraint",
        "exclusion constraint",
        "not-null constraint",
    }
)
_TRIGGERS = frozenset({"trigger", "event trigger"})

# Kinds whose names no statement that reads or writes rows needs, but for ON CONFLICT ON CONSTRAINT.
_UNUSED_NAMES = _CONSTRAINTS | _TRIGGERS | {"index", "policy", "rule", "foreign server", "publication"}
_UNUSED_NAMES |= {"foreign data wrapper"}

_READING = frozenset({"SELECT"})
_WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"})
# Kinds on which everybody has a privilege before anything is granted (GRANT, "PUBLIC").
_PUBLIC_BY_DEFAULT = re.compile(r"function|procedure|aggregate|type|domain|language")


def risks(found: Difference, together: Sequence[Difference] = ()) -> Risks:
    """The classes of one difference.

    Args:
        found: The difference.
        together: All differences of the same element; some fields can only be judged with another.
    """
    if not found.path or found.path[0].kind in _UNSEEN or found.path[-1].kind in _UNSEEN:
        return _NEUTRAL
    if found.change is Change.RENAMED:
        return _NEUTRAL if found.path[-1].kind in _UNUSED_NAMES else _BREAKING
    if found.change is Change.ADDED:
        return _added(found.path[-1].kind, found.after)
    if found.change is Change.REMOVED:
        return _removed(found.path[-1].kind, found.before)
    return _changed(found, together or (found,))


def has_public_default(kind: str) -> bool:
    """Whether everybody may use a new object of this kind before anything is granted on it."""
    return _PUBLIC_BY_DEFAULT.search(kind) is not None


# --- whole elements ------------------------------------------------------------------------------


def _added(kind: str, element: Any) -> Risks:
    result = _WIDENING
    if kind in _CONSTRAINTS:
        unenforced = isinstance(element, Check | ForeignKey) and not element.enforced
        result = _NEUTRAL if unenforced else _STRICTER
    elif kind in _TRIGGERS or kind == "rule":
        result = _WRITES_CHANGE
    elif kind == "attribute":  # a row constructor needs a value for each
        result = Risks(Risk.WIDENING, Risk.BREAKING)
    elif isinstance(element, Column):
        result = Risks(Risk.WIDENING, Risk.BREAKING if _must_be_given(element) else Risk.NEUTRAL)
    elif isinstance(element, Index):
        result = _STRICTER if element.unique else _NEUTRAL
    elif isinstance(element, Policy):
        result = _whom(element.command, Risk.WIDENING if element.permissive else Risk.BREAKING)
    elif isinstance(element, Grant):
        result = _privilege(element, Risk.WIDENING)
    return result


def _removed(kind: str, element: Any) -> Risks:
    result = _BREAKING
    if kind in _CONSTRAINTS:
        result = _WIDENING
    elif isinstance(element, Trigger):  # without INSTEAD OF nothing can be written into a view
        result = _STRICTER if element.timing is Timing.INSTEAD_OF else _WRITES_CHANGE
    elif kind == "event trigger":
        result = _WRITES_CHANGE
    elif kind == "rule":
        result = _STRICTER
    elif isinstance(element, Index):
        result = _WIDENING if element.unique else _NEUTRAL
    elif isinstance(element, Policy):
        result = _whom(element.command, Risk.BREAKING if element.permissive else Risk.WIDENING)
    elif isinstance(element, Grant):
        result = _privilege(element, Risk.BREAKING)
    return result


def _must_be_given(column: Column) -> bool:
    """Whether an INSERT that does not name the column fails."""
    filled = column.default is not None or column.identity is not None or column.generated is not None
    return not column.nullable and not filled


def _whom(command: Command, risk: Risk) -> Risks:
    """The class for those whose command it is."""
    if command is Command.SELECT:
        return Risks(risk, Risk.NEUTRAL)
    if command in (Command.ALL, Command.UNKNOWN):
        return Risks(risk, risk)
    return Risks(Risk.NEUTRAL, risk)


def _privilege(grant: Grant, risk: Risk) -> Risks:
    """The class for those whose privilege it is; what an owner grants itself it can always grant again."""
    if grant.grantee == grant.grantor:
        return _NEUTRAL
    if grant.privilege in _READING:
        return Risks(risk, Risk.NEUTRAL)
    if grant.privilege in _WRITING:
        return Risks(Risk.NEUTRAL, risk)
    return Risks(risk, risk)


# --- fields --------------------------------------------------------------------------------------


def _changed(found: Difference, together: Sequence[Difference]) -> Risks:
    kind, field = found.path[-1].kind, found.field
    if field in _SAME_EVERYWHERE:
        return _NEUTRAL
    if kind == "policy":
        return _BREAKING
    if kind in _TRIGGERS or kind == "rule":
        return _WRITES_CHANGE
    if kind == "index":
        return _index(found, together)
    if field == "grants":
        return _grants(kind, found.after)
    rule = _FIELDS.get(field) or (_CONSTRAINT_FIELDS.get(field, _stricter) if kind in _CONSTRAINTS else None)
    return rule(found.before, found.after) if rule is not None else _NEUTRAL


def _stricter(_before: Any, _after: Any) -> Risks:
    return _STRICTER


def _index(found: Difference, together: Sequence[Difference]) -> Risks:
    """What a unique index holds apart is a rule for writers; every other index is there for speed."""
    if found.field == "unique":
        return _STRICTER if found.after else _WIDENING
    definitions = [each.after for each in together if each.field == "definition"]
    unique = any(str(each).startswith("CREATE UNIQUE") for each in definitions)
    matters = found.field in ("keys", "predicate", "nulls_not_distinct", "definition")
    return _STRICTER if unique and matters else _NEUTRAL


def _grants(kind: str, after: Any) -> Risks:
    """From or to the built-in defaults; the grants themselves are differences of their own."""
    if after is None or not has_public_default(kind):
        return _NEUTRAL
    return _NEUTRAL if any(grant.grantee is None for grant in after) else _BREAKING


def _type(before: str, after: str) -> Risks:
    if widens(before, after):
        return _WIDENING
    return _STRICTER if widens(after, before) else _BREAKING


def _nullable(_before: bool, after: bool) -> Risks:
    return _WIDENING if after else _STRICTER


def _default(_before: str | None, after: str | None) -> Risks:
    return _STRICTER if after is None else _WRITES_CHANGE


def _identity(before: Identity | None, after: Identity | None) -> Risks:
    return _WRITES_CHANGE if after is Identity.BY_DEFAULT else _STRICTER


def _labels(before: Sequence[str], after: Sequence[str]) -> Risks:
    kept = [label for label in after if label in before]
    return _WIDENING if kept == list(before) else _BREAKING


def _arguments(before: str, after: str) -> Risks:
    fewer = after.count(" DEFAULT ") < before.count(" DEFAULT ")
    return _BREAKING if fewer else _WIDENING


def _kind(before: str, after: str) -> Risks:
    tables = {"table", "partitioned table"}
    return _NEUTRAL if {str(before), str(after)} <= tables else _BREAKING


def _partition(_before: Any, after: Any) -> Risks:
    """Rows are refused by the bound, and vanish from the partitioned table with the partition."""
    return _BREAKING if after is None else _STRICTER


def _if_set(risk: Risks, otherwise: Risks) -> Callable[[bool, bool], Risks]:
    return lambda _before, after: risk if after else otherwise


def _always(risk: Risks) -> Callable[[Any, Any], Risks]:
    return lambda _before, _after: risk


def _lower(before: int, after: int) -> Risks:
    return _STRICTER if after < before else _WRITES_CHANGE


def _higher(before: int, after: int) -> Risks:
    return _STRICTER if after > before else _WRITES_CHANGE


# Fields that say how something is kept or described, whatever has them. `definition` is not among them.
_SAME_EVERYWHERE = frozenset({"comment", "owner", "inherited", "local", "tablespace", "validated"})

_FIELDS: dict[str, Callable[[Any, Any], Risks]] = {
    "type": _type,
    "base_type": _type,
    "nullable": _nullable,
    "default": _default,
    "generated": _stricter,
    "identity": _identity,
    "collation": _always(_WIDENING),
    "columns.order": _always(_BREAKING),
    "attributes.order": _always(_BREAKING),
    "labels": _labels,
    "kind": _kind,
    "row_security": _if_set(_BREAKING, _WIDENING),
    "force_row_security": _if_set(_BREAKING, _WIDENING),
    "partition": _partition,
    "partition.parent": _always(_BREAKING),
    "partition.bound": _stricter,
    "arguments": _arguments,
    "result": _always(_BREAKING),
    "strict": _always(_WIDENING),
    "security_definer": _if_set(_WIDENING, _BREAKING),
    "grantable": _if_set(_WIDENING, _BREAKING),
    "subtype": _always(_BREAKING),
    "maximum": _lower,
    "minimum": _higher,
}

# Of constraints, where a change of any other field refuses other rows than before.
_CONSTRAINT_FIELDS: dict[str, Callable[[Any, Any], Risks]] = {
    "deferrable": _if_set(_WIDENING, _STRICTER),
    "initially_deferred": _if_set(_WIDENING, _STRICTER),
    "enforced": _if_set(_STRICTER, _WIDENING),
    "nulls_not_distinct": _if_set(_STRICTER, _WIDENING),
    "include": _always(_NEUTRAL),
    "key": _always(_NEUTRAL),
    "no_inherit": _if_set(_WIDENING, _STRICTER),
}


# --- types ---------------------------------------------------------------------------------------

_CHAINS = (("smallint", "integer", "bigint"), ("real", "double precision"))
# A type with a limit: what is before it, its numbers, what is after it ("timestamp(3) with time zone").
_LIMITED = re.compile(
    r"(?P<name>character varying|bit varying|numeric|timestamp|time|interval)"
    r"(?:\((?P<numbers>\d+(?:,-?\d+)?)\))?(?P<rest> with(?:out)? time zone)?\Z"
)


def widens(before: str, after: str) -> bool:
    """Whether every value of one type, as `format_type` prints them, is one of the other, and looks the same.

    `varchar` of a greater length or none, or `text`; a longer integer or float; `numeric` with as many digits
    on both sides of the point; more fractions of a second. Arrays are as their elements.
    """
    if before.endswith("[]") and after.endswith("[]"):
        return widens(before.removesuffix("[]"), after.removesuffix("[]"))
    for chain in _CHAINS:
        if before in chain and after in chain:
            return chain.index(before) < chain.index(after)
    old, new = _LIMITED.match(before), _LIMITED.match(after)
    if old is None:
        return False
    if old["name"] == "character varying" and after == "text":
        return True
    if new is None or (old["name"], old["rest"]) != (new["name"], new["rest"]) or old["numbers"] is None:
        return False
    if new["numbers"] is None:
        return True
    (size, scale), (new_size, new_scale) = _numbers(old["numbers"]), _numbers(new["numbers"])
    return new_scale >= scale and new_size - new_scale >= size - scale


def _numbers(text: str) -> tuple[int, int]:
    size, _, scale = text.partition(",")
    return int(size), int(scale or 0)
