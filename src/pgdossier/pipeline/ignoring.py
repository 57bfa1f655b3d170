"""What an application does not own, by patterns: left out of a structure before it is compared."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from pgdossier.catalog.scope import pattern_parts
from pgdossier.errors import UsageError
from pgdossier.history.differences import name_of
from pgdossier.model.base import Model
from pgdossier.model.extensions import Extension
from pgdossier.model.names import QualifiedName
from pgdossier.model.schemas import Schema
from pgdossier.model.snapshot import Structure


class Ignored(msgspec.Struct, frozen=True):
    """One pattern of up to three parts.

    `sales` is the schema with all that is in it, or what is in no schema (an extension, a publication);
    `sales.audit_*` are its relations, types, routines and sequences; `sales.orders.note` is what belongs to
    one of these: a column, an index, a constraint, a trigger, a policy.
    """

    text: str
    parts: tuple[re.Pattern[str], ...]

    @classmethod
    def parse(cls, text: str) -> Ignored:
        """Read a pattern.

        Raises:
            UsageError: It is empty, has an open quote, or too many parts.
        """
        parts = pattern_parts(text)
        if len(parts) > 3 or not all(parts):
            raise UsageError(
                f"--ignore {text!r} is not a pattern",
                hint="write schema, schema.object or schema.table.column; quote names that hold dots",
            )
        return cls(text, tuple(re.compile(part, re.DOTALL) for part in parts))

    def takes(self, *names: str) -> bool:
        """Whether exactly this is meant."""
        return len(names) == len(self.parts) and all(
            part.fullmatch(name) for part, name in zip(self.parts, names, strict=True)
        )


def without(structure: Structure, patterns: tuple[Ignored, ...]) -> tuple[Structure, frozenset[str]]:
    """The structure without what the patterns mean.

    Args:
        structure: The structure.
        patterns: What to leave out.

    Returns:
        The rest, and the texts of the patterns that something matched.
    """
    used: set[str] = set()

    def takes(*names: str) -> bool:
        matched = [pattern.text for pattern in patterns if pattern.takes(*names)]
        used.update(matched)
        return bool(matched)

    changes: dict[str, Any] = {}
    for family in structure.__struct_fields__:
        elements = getattr(structure, family)
        if not isinstance(elements, tuple) or family in ("gaps", "dependencies"):
            continue
        changes[family] = tuple(
            _without_parts(each, takes)
            for each in elements
            if not (isinstance(each, Model) and _is_meant(each, takes))
        )
    gone = {each.qualified for each in structure.relations}
    gone -= {each.qualified for each in changes["relations"]}
    changes["sequences"] = tuple(
        each for each in changes["sequences"] if each.owned_by is None or each.owned_by.relation not in gone
    )
    return msgspec.structs.replace(structure, **changes), frozenset(used)


def _is_meant(element: Any, takes: Any) -> bool:
    schema = getattr(element, "schema", None)
    if schema is None or isinstance(element, Extension | Schema):
        return bool(takes(getattr(element, "name", name_of(element))))
    return bool(takes(schema) or takes(schema, getattr(element, "name", name_of(element))))


def _without_parts(element: Any, takes: Any) -> Any:
    """The element without those of its parts that are meant."""
    schema, name = getattr(element, "schema", None), getattr(element, "name", None)
    if schema is None or name is None or isinstance(element, Extension):
        return element
    changes: dict[str, Any] = {}
    for field in element.__struct_fields__:
        value = getattr(element, field)
        if isinstance(value, tuple) and value and all(_has_name(part) for part in value):
            changes[field] = tuple(part for part in value if not takes(schema, name, part.name))
        elif _has_name(value) and takes(schema, name, value.name):
            changes[field] = None
    return msgspec.structs.replace(element, **changes)


def _has_name(value: Any) -> bool:
    named = isinstance(value, Model) and "name" in value.__struct_fields__
    return named and not isinstance(value, QualifiedName)
