"""Columns and tables that keep track of changes, by name (§9.3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass

from pgdossier.analysis import tables
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName

_MOMENTS = ("timestamp", "date", "bigint", "integer")
_WORDS = {
    "created": "create(?:d|s|time)?|creation|insert(?:ed|ion)?|add(?:ed)?",
    "updated": "update(?:d|s|time)?|modif(?:ied|ication)|change(?:d)?|last_?(?:update|modif|change|edit)(?:d|ied|ed)?",
}


def _when(words: str) -> re.Pattern[str]:
    """Names such as `created_at`, `date_created`, `creationdate`, `created`."""
    end = "at|on|date|time|dt|ts|timestamp|datetime|utc"
    return re.compile(
        rf"(?:(?:row|record|sys|db|{end})_)?(?:{words})(?:_?(?:{end}))*\Z|(?:ts|dt|date|time)_?(?:{words})\Z",
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    label: str
    name: re.Pattern[str]
    types: tuple[str, ...]


_RULES = (
    _Rule("When a row was created", _when(_WORDS["created"]), _MOMENTS),
    _Rule("When a row was last changed", _when(_WORDS["updated"]), _MOMENTS),
    _Rule(
        "Who created a row",
        re.compile(
            r"(?:created?|inserted|added)_?(?:by|user)(?:_?(?:id|uuid|fk|user))?\Z|creator(?:_?id)?\Z", re.I
        ),
        (),
    ),
    _Rule(
        "Who last changed a row",
        re.compile(
            r"(?:last_?)?(?:updated?|modified|changed|edited)_?(?:by|user)(?:_?(?:id|uuid|fk|user))?\Z", re.I
        ),
        (),
    ),
    _Rule(
        "Soft deletion",
        re.compile(
            r"(?:is_?)?(?:soft_?)?deleted(?:_?(?:at|on|date|time|dt|ts|flag))?\Z|(?:date|time)_?deleted\Z"
            r"|(?:is_?)?(?:removed|archived)(?:_?(?:at|on))?\Z|deletion_?(?:date|time)\Z|discarded_at\Z",
            re.I,
        ),
        (*_MOMENTS, "boolean", "smallint"),
    ),
)
_LOG = re.compile(
    r"(?:(?:.+_)?audit(?:_?(?:logs?|trails?|events?|entries|records?|history))?s?"
    r"|(?:.+_)?(?:change_?logs?|activity_?logs?|action_?logs?|event_?logs?|history|histories|object_?changes?)"
    r"|audit_.+|.+_(?:audit|aud|hist|log|logs)|logs?|logged_actions)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTable:
    """A table whose name says that it keeps a log or a history; `evidence` tells how that was seen."""

    table: QualifiedName
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditing:
    """What keeps track of changes among `total` tables; kinds of column that no table has are left out."""

    total: int
    coverage: tuple[Coverage, ...]
    audit_tables: tuple[AuditTable, ...]


def measure(lookup: Lookup, bookkeeping: Container[QualifiedName] = ()) -> Auditing:
    """The coverage by name and type of column, and the tables named like logs.

    Args:
        lookup: The snapshot. Partitions count with their table.
        bookkeeping: Tables of migration tools, which are not counted.
    """
    found = [relation for relation in tables.tables(lookup) if relation.qualified not in bookkeeping]
    coverage = []
    for rule in _RULES:
        columns = [
            (relation.qualified, column.name)
            for relation in found
            for column in relation.columns
            if _fits(lookup, rule, column)
        ]
        names = Counter(name for _, name in columns)
        if columns:
            coverage.append(
                Coverage(
                    label=rule.label,
                    columns=tuple(columns),
                    column_names=tuple(sorted(names, key=lambda name: (-names[name], name))),
                )
            )
    return Auditing(
        total=len(found),
        coverage=tuple(coverage),
        audit_tables=tuple(
            AuditTable(table=relation.qualified, evidence=f"named {relation.name}")
            for relation in found
            if _LOG.match(relation.name)
        ),
    )


def _fits(lookup: Lookup, rule: _Rule, column: Column) -> bool:
    if rule.name.match(column.name) is None:
        return False
    return not rule.types or tables.base_type(lookup, column).startswith(rule.types)
