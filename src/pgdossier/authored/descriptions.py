"""Descriptions that people keep beside the database: tables of the configuration, small TOML files.

Each place where descriptions stand (a file, or `[descriptions]` of the configuration) is read the same way:

    table = "sales.orders"          # what the file is about, if it is about one thing
    description = "An order placed by a customer."
    [columns]
    id = "Printed on the invoice."

A name is what people see (`sales.orders.id`) or what SQL says (`sales."Order Items".id`). Reading is strict;
whether the objects exist is found out against a structure, and one that does not is no error: objects come
and go.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from pgdossier.errors import ConfigurationError
from pgdossier.model.describable import Describable, Key, describables
from pgdossier.model.names import quote_identifier
from pgdossier.model.snapshot import Structure

# The tables of a file, and the kind of the objects that each names.
SECTIONS: Mapping[str, str] = {
    "schemas": "schema",
    "tables": "relation",
    "views": "relation",
    "columns": "column",
    "constraints": "constraint",
    "indexes": "index",
    "triggers": "trigger",
    "policies": "policy",
    "rules": "rule",
    "sequences": "sequence",
    "types": "type",
    "attributes": "attribute",
    "routines": "routine",
    "operators": "operator",
    "operator_classes": "operator class",
    "operator_families": "operator family",
    "access_methods": "access method",
    "collations": "collation",
    "conversions": "conversion",
    "casts": "cast",
    "transforms": "transform",
    "languages": "language",
    "statistics": "statistics",
    "text_search_configurations": "text search configuration",
    "text_search_dictionaries": "text search dictionary",
    "text_search_parsers": "text search parser",
    "text_search_templates": "text search template",
    "event_triggers": "event trigger",
    "extensions": "extension",
    "foreign_data_wrappers": "foreign-data wrapper",
    "foreign_servers": "foreign server",
    "publications": "publication",
    "subscriptions": "subscription",
}
# What a file can be about: the key that says so, its kind, and the tables that can stand in it.
_OF_RELATION = ("columns", "constraints", "indexes", "triggers", "policies", "rules")
_NOT_IN_SCHEMA = frozenset(
    (
        *("schemas", "access_methods", "casts", "transforms", "languages", "event_triggers", "extensions"),
        *("foreign_data_wrappers", "foreign_servers", "publications", "subscriptions"),
    )
)
_SUBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "table": ("relation", _OF_RELATION),
    "view": ("relation", _OF_RELATION),
    "type": ("type", ("attributes", "constraints")),
    "schema": ("schema", tuple(name for name in SECTIONS if name not in _NOT_IN_SCHEMA)),
}
_FORM = 'a description is written NAME = "text", in the table of its kind; docs/descriptions.md shows it'

# The path of a key in a file, and names from the schema inwards.
Parts = tuple[str, ...]
Where = Callable[[Parts], str]


class Entry(NamedTuple):
    """One description as it was written.

    Attributes:
        kind: The kind of the object.
        name: Its name as written; below `subject` when there is one. Empty: the subject itself.
        text: The description, without white space around it; never blank.
        subject: Kind and name of what the file is about, or None.
        where: Says file and line, for messages; called only when there is something to say.
    """

    kind: str
    name: str
    text: str
    subject: tuple[str, str] | None
    where: Callable[[], str]


class Problem(NamedTuple):
    """A description that is not shown: its object is not there, or the database says something else.

    Attributes:
        kind: Whether the object is not known, or has a comment that says something else.
        where: File and line.
        message: What is wrong, in one line.
    """

    kind: Literal["unknown", "overruled"]
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class Descriptions(NamedTuple):
    """Descriptions and the objects that they are about.

    Attributes:
        texts: Every description of an object that is there.
        shown: Those of objects without a comment: the comment is the truth where there is one.
        problems: What people should look at, in the order of the places.
    """

    texts: Mapping[Key, str]
    shown: Mapping[Key, str]
    problems: tuple[Problem, ...]


NONE = Descriptions({}, {}, ())


def parse(table: Mapping[str, Any], where: Where) -> tuple[Entry, ...]:
    """The descriptions of one place.

    Args:
        table: The file, or the table of the configuration.
        where: Says `FILE:LINE` of a key by its path.

    Raises:
        ConfigurationError: A key or a value is not allowed.
    """
    named = [name for name in _SUBJECTS if name in table]
    if len(named) > 1:
        raise ConfigurationError(
            f"{where((named[1],))}: a file is about one thing: {named[0]} and {named[1]} both stand in it",
            hint="write one file for each",
        )
    subject: tuple[str, str] | None = None
    allowed: tuple[str, ...] = ("database", *SECTIONS)
    if named:
        kind, sections = _SUBJECTS[named[0]]
        name = _text(table[named[0]], where, (named[0],))
        if not name:
            raise ConfigurationError(f"{where((named[0],))}: {named[0]} is empty", hint=_FORM)
        subject, allowed = (kind, name), (named[0], "description", *sections)
    entries: list[Entry] = []
    for key, value in table.items():
        path = (key,)
        if key not in allowed:
            raise _unknown(key, allowed, named, where(path))
        if key in ("description", "database"):
            kind = subject[0] if subject else "database"
            entries += _entry(kind, "", _text(value, where, path), subject, where, path)
        elif key not in _SUBJECTS:
            if not isinstance(value, dict):
                raise ConfigurationError(f"{where(path)}: {key} must be a table of texts", hint=_FORM)
            for leaf, text in _leaves(value, path, where):
                entries += _entry(SECTIONS[key], ".".join(leaf[1:]), text, subject, where, leaf)
    return tuple(entries)


def _entry(
    kind: str, name: str, text: str, subject: tuple[str, str] | None, where: Where, path: Parts
) -> list[Entry]:
    return [Entry(kind, name, text, subject, lambda: where(path))] if text else []


def _leaves(table: Mapping[str, Any], path: Parts, where: Where) -> Iterator[tuple[Parts, str]]:
    """The texts of a table with their paths. The dots of a bare key make tables in TOML: names as well."""
    for name, value in table.items():
        inner = (*path, name)
        if isinstance(value, dict):
            yield from _leaves(value, inner, where)
        else:
            yield inner, _text(value, where, inner)


def _text(value: object, where: Where, path: Parts) -> str:
    if not isinstance(value, str):
        raise ConfigurationError(f"{where(path)}: a description must be a text in quotes", hint=_FORM)
    if "\0" in value:
        raise ConfigurationError(f"{where(path)}: no text of PostgreSQL can hold a zero byte")
    return value.strip()


def _unknown(key: str, allowed: Iterable[str], subjects: list[str], where: str) -> ConfigurationError:
    candidates = list(allowed) if subjects else [*allowed, *_SUBJECTS]
    if key == "description" and not subjects:
        hint = 'say first what the file is about: table = "…", view = "…", type = "…" or schema = "…"'
    elif near := difflib.get_close_matches(key.lower(), candidates, n=1):
        hint = f"did you mean {near[0]}?"
    elif subjects and key in SECTIONS:
        hint = f"in a file about a {subjects[0]} there can be {', '.join(list(allowed)[2:])}"
    else:
        hint = f"known here: {', '.join(candidates)}"
    shown = key if key.isprintable() and len(key) <= 80 else "…"
    return ConfigurationError(f"{where}: unknown key {shown}", hint=hint)


# --- whom they are about -------------------------------------------------------------------------


def resolve(entries: Iterable[Entry], structure: Structure) -> Descriptions:
    """Find the objects that descriptions are about.

    Raises:
        ConfigurationError: Two descriptions say different things of one object.
    """
    entries = tuple(entries)
    if not entries:
        return NONE
    names = _Names(structure)
    texts: dict[Key, str] = {}
    shown: dict[Key, str] = {}
    first: dict[Key, Entry] = {}
    problems: list[Problem] = []
    left_out = {schema.name for schema in structure.scope.schemas_left_out}
    unknown: set[str] = set()  # files about something that is not there are told of once
    for entry in entries:
        found = names.find(entry)
        if isinstance(found, str):
            beginning = (entry.subject[1] if entry.subject else entry.name).partition(".")[0]
            if beginning.strip('"') not in left_out and found not in unknown:
                problems.append(Problem("unknown", entry.where(), found))
            if entry.subject is not None and isinstance(names.subject(entry), str):
                unknown.add(found)
            continue
        if found.key in first and texts[found.key] != entry.text:
            other = first[found.key].where()
            raise ConfigurationError(
                f"{entry.where()}: {called(found.key)} is described differently in {other}",
                hint="keep one of the two",
            )
        first.setdefault(found.key, entry)
        texts[found.key] = entry.text
        if found.comment is None:
            shown[found.key] = entry.text
        elif found.comment.strip() != entry.text:
            message = f"the comment of the database on {called(found.key)} says something else and is shown"
            problems.append(Problem("overruled", entry.where(), message))
    return Descriptions(dict(sorted(texts.items())), dict(sorted(shown.items())), tuple(problems))


def called(key: Key) -> str:
    """An object as messages call it: `column sales.orders.id`."""
    return key.kind if key.kind == "database" else f"{key.kind} {_forms(key, 0)[0][0]}"


class _Names:
    """The objects of a structure by every form of their names."""

    def __init__(self, structure: Structure) -> None:
        self._of_kind: dict[str, list[Describable]] = {}
        for found in describables(structure):
            self._of_kind.setdefault(found.key.kind, []).append(found)
        self._forms: dict[tuple[str, Parts], dict[str, list[tuple[Describable, int]]]] = {}

    def find(self, entry: Entry) -> Describable | str:
        """The object, or why there is none."""
        if entry.subject is None:
            return self._one(entry.kind, entry.name, ())
        subject = self.subject(entry)
        if isinstance(subject, str) or not entry.name:
            return subject
        return self._one(entry.kind, entry.name, subject.key.names)

    def subject(self, entry: Entry) -> Describable | str:
        """The object that the file of an entry is about, or why there is none."""
        return self._one(*(entry.subject or (entry.kind, entry.name)), ())

    def _one(self, kind: str, name: str, base: Parts) -> Describable | str:
        forms = self._below(kind, base)
        matches = forms.get(name, [])
        best = min((rank for _, rank in matches), default=0)
        found = [each for each, rank in matches if rank == best]
        shown = f"{kind} {name}" if name else kind
        if len(found) == 1:
            return found[0]
        if found:
            full = ", ".join(written(each.key, len(base)) for each in found)
            return f"{shown} may be one of several: {full}; write its whole name as SQL does"
        inside = f" of {'.'.join(base)}" if base else ""
        near = difflib.get_close_matches(name, forms, n=1, cutoff=_NEAR)
        return f"there is no {shown}{inside} in the document" + (f"; did you mean {near[0]}?" if near else "")

    def _below(self, kind: str, base: Parts) -> dict[str, list[tuple[Describable, int]]]:
        forms = self._forms.get((kind, base))
        if forms is None:
            forms = self._forms[kind, base] = {}
            for found in self._of_kind.get(kind, ()):
                if found.key.names[: len(base)] == base:
                    ranks: dict[str, int] = {}
                    for form, rank in _forms(found.key, len(base)):
                        ranks[form] = min(rank, ranks.get(form, rank))
                    for form, rank in ranks.items():
                        forms.setdefault(form, []).append((found, rank))
        return forms


# How like a name must be for a guess at what was meant: all names of a schema have their beginning in common.
_NEAR = 0.8
# How much a form of a name counts when several objects could be meant.
_AS_SQL, _AS_SHOWN, _SHORT = 0, 1, 2


def _forms(key: Key, skip: int) -> tuple[tuple[str, int], ...]:
    """What a key may be called below its first `skip` names, the form for people first, with their ranks."""
    kind, names = key
    rest = names[skip:]
    tails = {"routine": "({})", "operator class": " USING {}", "operator family": " USING {}"}
    if kind in tails:
        return _with_tail(rest[:-1], tails[kind].format(rest[-1]))
    if kind == "operator":  # its name is never quoted
        name = ".".join((*map(quote_identifier, rest[:-2]), rest[-2]))
        return (*_with_tail(rest[:-1], f" {rest[-1]}"), (f"{name} {rest[-1]}", _AS_SQL), (name, _SHORT))
    if kind in ("cast", "transform"):
        first, second = names
        return ((f"{first} AS {second}" if kind == "cast" else f"FOR {first} LANGUAGE {second}", _AS_SQL),)
    if kind == "index" and len(rest) > 1:  # its schema is that of its table, which SQL does not name
        return _plain(rest) + _short(_plain((*rest[:-2], rest[-1])))
    return _plain(rest)


def _plain(names: Parts) -> tuple[tuple[str, int], ...]:
    return ((".".join(names), _AS_SHOWN), (".".join(map(quote_identifier, names)), _AS_SQL))


def _short(forms: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    return tuple((form, _SHORT) for form, _ in forms)


def _with_tail(names: Parts, tail: str) -> tuple[tuple[str, int], ...]:
    """With the tail, and in short without it."""
    forms = _plain(names)
    return tuple((f"{form}{tail}", rank) for form, rank in forms) + _short(forms)


def written(key: Key, skip: int = 0) -> str:
    """The name that tells an object from all others of its kind: SQL's, below its first `skip` names."""
    return [form for form, rank in _forms(key, skip) if rank == _AS_SQL][-1]
