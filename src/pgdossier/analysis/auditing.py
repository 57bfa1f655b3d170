"""Columns and tables that keep track of changes, by name (§9.3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence

import msgspec

from pgdossier.analysis import tables
from pgdossier.language import mark, tr
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName

_MOMENTS = ("timestamp", "date")
_FLAGS = ("boolean", "smallint", "integer")
_END = r"(?:at|on|date|time|dt|ts|timestamp|datetime|utc)"
_CREATED = r"(?:created?|creation|inserted|added)"
_CHANGED = r"(?:(?:last_?)?(?:updated?|modified|changed|edited)|modification|last_?modification)"
_DELETED = r"(?:(?:soft_?)?deleted?|deletion|discarded|archived|removed)"
_CHANGED_AT = mark("When a row was last changed")
_CHANGED_BY = mark("Who last changed a row")
_PERSON = r"_?(?:by|user)(?:_?(?:id|uuid|fk|user|name))*"


class _Rule(msgspec.Struct, frozen=True):
    """Columns whose whole name fits the pattern, of a type that begins with one of `types`, mean this."""

    label: str
    pattern: str
    types: tuple[str, ...]

    def fits(self, type_name: str) -> bool:
        return not self.types or type_name.startswith(self.types)


def _moment(label: str, words: str) -> tuple[_Rule, ...]:
    """`created_at`, `date_created`, `created` of a moment's type; as a number only with an ending."""
    return (
        _Rule(label, rf"(?:(?:row|record|{_END})_)?{words}(?:_?{_END})*", _MOMENTS),
        _Rule(label, rf"{words}_?{_END}", ("bigint", "integer")),
    )


_RULES = (
    *_moment(mark("When a row was created"), _CREATED),
    *_moment(_CHANGED_AT, _CHANGED),
    _Rule(mark("Who created a row"), rf"{_CREATED}{_PERSON}|creator(?:_?id)?", ()),
    _Rule(_CHANGED_BY, rf"{_CHANGED}{_PERSON}", ()),
    *_moment(mark("Soft deletion"), _DELETED),
    _Rule(mark("Soft deletion"), rf"(?:is_?)?{_DELETED}(?:_?flag)?", _FLAGS),
)


# One of these is in every name that fits a rule; they are found sooner than the patterns.
_STEMS = (
    *("creat", "insert", "add", "updat", "modif", "chang", "edit"),
    *("delet", "discard", "archiv", "remov"),
)


def _named(name: str) -> tuple[_Rule, ...]:
    """The rules that fit the name of a column, whatever its type."""
    lower = name.lower()
    if not any(stem in lower for stem in _STEMS):
        return ()
    return tuple(rule for rule in _RULES if re.fullmatch(rule.pattern, name, re.IGNORECASE))


_LOG = re.compile(
    r"(?:(?:.+_)?audit(?:_?(?:logs?|trails?|events?|entries|records?|history))?s?"
    r"|(?:.+_)?(?:change_?logs?|activity_?logs?|action_?logs?|event_?logs?|history|histories|object_?changes?)"
    r"|audit_.+|.+_(?:audit|aud|hist|log|logs)|logs?|logged_actions)\Z",
    re.IGNORECASE,
)
# Names of tables of which each row tells of one event: there "changed at" is when that happened.
_EVENTS = re.compile(r".+_(?:changes?|events?)\Z", re.IGNORECASE)
_LAST_CHANGED = frozenset((_CHANGED_AT, _CHANGED_BY))


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """The tables that have a column of one meaning; `columns` pairs each with the column found.

    `column_names` are the names in use, the most frequent first.
    """

    label: str
    columns: tuple[tuple[QualifiedName, str], ...]
    column_names: tuple[str, ...]

    @property
    def tables(self) -> tuple[QualifiedName, ...]:
        """The tables, each once, sorted by name."""
        return tuple(dict.fromkeys(table for table, _ in self.columns))


class AuditTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table whose name says that it keeps a log or a history; `evidence` tells how that was seen."""

    table: QualifiedName
    evidence: str


class Auditing(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps track of changes among `total` tables; kinds of column that no table has are left out."""

    total: int
    coverage: tuple[Coverage, ...]
    audit_tables: tuple[AuditTable, ...]


def measure(lookup: Lookup, bookkeeping: Container[QualifiedName] = ()) -> Auditing:
    """The coverage by name and type of column, and the tables named like logs.

    In tables named like logs, changes or events, columns such as `changed_at` tell of the event that a row
    records, not of the row: these tables do not count as having "last changed" columns.

    Args:
        lookup: The snapshot. Partitions count with their table.
        bookkeeping: Tables of migration tools, which are not counted.
    """
    found = [relation for relation in tables.tables(lookup) if relation.qualified not in bookkeeping]
    columns: dict[str, list[tuple[QualifiedName, str]]] = {rule.label: [] for rule in _RULES}
    names = {column.name for relation in found for column in relation.columns}
    named = {name: rules for name in names if (rules := _named(name))}
    logs = {relation.name for relation in found if _LOG.match(relation.name)}
    for relation in found:
        if named.keys().isdisjoint(column.name for column in relation.columns):
            continue
        of_events = relation.name in logs or _EVENTS.match(relation.name)
        for column in relation.columns:
            rules = named.get(column.name, ())
            if not rules:
                continue
            type_name = tables.base_type(lookup, column)
            meant = {rule.label for rule in rules if rule.fits(type_name)}
            if of_events:
                meant -= _LAST_CHANGED
            for label in meant:
                columns[label].append((relation.qualified, column.name))
    return Auditing(
        total=len(found),
        coverage=tuple(_coverage(label, named) for label, named in columns.items() if named),
        audit_tables=tuple(
            AuditTable(table=relation.qualified, evidence=tr("named {name}", name=relation.name))
            for relation in found
            if relation.name in logs
        ),
    )


def _coverage(label: str, columns: Sequence[tuple[QualifiedName, str]]) -> Coverage:
    names = Counter(name for _, name in columns)
    return Coverage(
        label=label,
        columns=tuple(columns),
        column_names=tuple(sorted(names, key=lambda name: (-names[name], name))),
    )
