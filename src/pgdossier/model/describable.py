"""Everything in a structure that can have a comment (COMMENT ON), by one kind of key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from pgdossier.model.snapshot import Structure

# What initdb writes on the schema "public": nobody's description of this database.
STOCK_COMMENTS = frozenset(("standard public schema",))


class Key(NamedTuple):
    """Which object: its kind (`relation`, `column`, `routine`, …) and its names, from the schema inwards.

    A routine's last name is its identity arguments, an operator's its operand types, an operator class's or
    family's its access method. The database has no names.
    """

    kind: str
    names: tuple[str, ...]


class Describable(NamedTuple):
    """An object that can have a comment, and what it belongs to (a column's relation) or None."""

    key: Key
    found: Any
    parent: Any = None

    @property
    def comment(self) -> str | None:
        """The words of somebody who commented on it: nothing that is blank, or that PostgreSQL wrote."""
        text: str | None = self.found.comment
        return text if text and text.strip() and text not in STOCK_COMMENTS else None


def _named(found: Any) -> tuple[str, ...]:
    return (found.name,)


def _qualified(found: Any) -> tuple[str, ...]:
    return (found.schema, found.name)


def _with_method(found: Any) -> tuple[str, ...]:
    return (found.schema, found.name, found.method)


# Each family of the structure, the kind of its objects, and their names.
_FAMILIES: tuple[tuple[str, str, Callable[[Any], tuple[str, ...]]], ...] = (
    ("schemas", "schema", _named),
    ("extensions", "extension", _named),
    ("relations", "relation", _qualified),
    ("sequences", "sequence", _qualified),
    ("enums", "type", _qualified),
    ("domains", "type", _qualified),
    ("composites", "type", _qualified),
    ("ranges", "type", _qualified),
    ("bases", "type", _qualified),
    ("routines", "routine", lambda found: (found.schema, found.name, found.identity_arguments)),
    ("operators", "operator", lambda found: (found.schema, found.name, found.arguments)),
    ("operator_families", "operator family", _with_method),
    ("operator_classes", "operator class", _with_method),
    ("access_methods", "access method", _named),
    ("collations", "collation", _qualified),
    ("conversions", "conversion", _qualified),
    ("casts", "cast", lambda found: (found.source, found.target)),
    ("transforms", "transform", lambda found: (found.type, found.language)),
    ("languages", "language", _named),
    ("text_search_parsers", "text search parser", _qualified),
    ("text_search_templates", "text search template", _qualified),
    ("text_search_dictionaries", "text search dictionary", _qualified),
    ("text_search_configurations", "text search configuration", _qualified),
    ("extended_statistics", "statistics", _qualified),
    ("event_triggers", "event trigger", _named),
    ("foreign_data_wrappers", "foreign-data wrapper", _named),
    ("foreign_servers", "foreign server", _named),
    ("publications", "publication", _named),
    ("subscriptions", "subscription", _named),
)
# What relations, domains and composite types hold: the field, and the kind of its objects. A primary key
# stands alone in its field.
_PARTS = (
    ("columns", "column"),
    ("attributes", "attribute"),
    ("primary_key", "constraint"),
    ("unique_keys", "constraint"),
    ("foreign_keys", "constraint"),
    ("checks", "constraint"),
    ("exclusions", "constraint"),
    ("not_nulls", "constraint"),
    ("indexes", "index"),
    ("triggers", "trigger"),
    ("policies", "policy"),
    ("rules", "rule"),
)
_WITH_PARTS = frozenset(("relation", "type"))


def describables(structure: Structure) -> Iterator[Describable]:
    """Every object that can have a comment, family by family in the order of the structure."""
    yield Describable(Key("database", ()), structure.database)
    for field, kind, names in _FAMILIES:
        for found in getattr(structure, field):
            key = Key(kind, names(found))
            yield Describable(key, found)
            for part_kind, parts in _parts(found, kind):
                for part in parts:
                    yield Describable(Key(part_kind, (*key.names, part.name)), part, found)


def _parts(found: Any, kind: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for field, part_kind in _PARTS if kind in _WITH_PARTS else ():
        value = getattr(found, field, ())
        yield part_kind, value if isinstance(value, tuple) else () if value is None else (value,)


def described(structure: Structure, texts: Mapping[Key, str]) -> Structure:
    """The structure with these texts where comments stand: to be shown, never to be taken for what was read.

    Args:
        structure: What was read.
        texts: The texts; keys that are not in the structure do not matter.
    """
    if not texts:
        return structure
    changes: dict[str, Any] = {"database": _commented(structure.database, texts.get(Key("database", ())))}
    for field, kind, names in _FAMILIES:
        changes[field] = tuple(
            _described(found, Key(kind, names(found)), texts) for found in getattr(structure, field)
        )
    return msgspec.structs.replace(structure, **changes)


def _described(found: Any, key: Key, texts: Mapping[Key, str]) -> Any:
    changes: dict[str, Any] = {}
    for field, kind in _PARTS if key.kind in _WITH_PARTS else ():
        value = getattr(found, field, None)
        if isinstance(value, tuple):
            new: Any = tuple(
                _commented(part, texts.get(Key(kind, (*key.names, part.name)))) for part in value
            )
        elif value is None:
            continue
        else:
            new = _commented(value, texts.get(Key(kind, (*key.names, value.name))))
        if new != value:
            changes[field] = new
    return _commented(msgspec.structs.replace(found, **changes) if changes else found, texts.get(key))


def _commented(found: Any, text: str | None) -> Any:
    return found if text is None else msgspec.structs.replace(found, comment=text)
