"""What records changes (§9.3), recognised by what it does: trigger functions by bodies, tables by columns.

A trigger function is read as text, without its comments: that it inserts somewhere, and what of the change it
takes there. What a function does through others, or by SQL that it puts together, cannot be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.inverse import grouped
from pgdossier.analysis.naming import singulars
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.relations import Relation
from pgdossier.model.routines import Routine
from pgdossier.model.snapshot import Structure
from pgdossier.model.triggers import Enabled, Event, Trigger


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One table whose changes a function writes down: which, and whether its trigger fires at all."""

    table: QualifiedName
    trigger: str
    events: tuple[Event, ...]
    enabled: bool


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger function that writes changes into a table.

    Attributes:
        function: The function.
        target: The table that it inserts into; None: a name that it puts together when it runs.
        keeps: What of a change it takes there, in words.
        recorded: The tables with triggers that call it, by name.
    """

    function: RoutineName
    target: QualifiedName | None
    keeps: tuple[str, ...]
    recorded: tuple[Recorded, ...]


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """A table whose rows a trigger function refuses to change: it does nothing but raise an error."""

    table: QualifiedName
    function: RoutineName
    events: tuple[Event, ...]


class HistoryTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table that repeats the columns of another, which it keeps the history of.

    Attributes:
        table: The table.
        of: The table whose columns it has.
        shared: How many of them, of `total`.
        total: How many columns the other table has.
        own: The columns that it has besides.
    """

    table: QualifiedName
    of: QualifiedName
    shared: int
    total: int
    own: tuple[str, ...]


class Validity(msgspec.Struct, frozen=True, kw_only=True):
    """A table whose rows say themselves from when to when they hold: a range, or two columns."""

    table: QualifiedName
    columns: tuple[str, ...]


class CommandTrigger(msgspec.Struct, frozen=True, kw_only=True):
    """An event trigger: what it fires for, and whether its function writes that into a table."""

    name: str
    event: str
    tags: tuple[str, ...]
    function: RoutineName
    target: QualifiedName | None
    refuses: bool
    enabled: bool


class AuditTrails(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a database that records changes; `total` tables could be recorded."""

    trails: tuple[Trail, ...] = ()
    guards: tuple[Guard, ...] = ()
    histories: tuple[HistoryTable, ...] = ()
    validities: tuple[Validity, ...] = ()
    command_triggers: tuple[CommandTrigger, ...] = ()
    total: int = 0

    def copied(self) -> Mapping[QualifiedName, tuple[QualifiedName, ...]]:
        """By table that whole rows are written into the tables that they come from."""
        found: dict[QualifiedName, set[QualifiedName]] = {}
        for trail in self.trails:
            if trail.target is not None and any(said in _WHOLE_ROWS for said in trail.keeps):
                found.setdefault(trail.target, set()).update(one.table for one in trail.recorded)
        return {target: tuple(sorted(sources)) for target, sources in found.items()}


def find(lookup: Lookup, structure: Structure, bookkeeping: Iterable[QualifiedName] = ()) -> AuditTrails:
    """What records changes in a snapshot.

    Args:
        lookup: The snapshot. Partitions count with their table.
        structure: The same.
        bookkeeping: Tables of migration tools, which are not counted.
    """
    left_out = frozenset(bookkeeping)
    own = [relation for relation in tables.tables(lookup) if relation.qualified not in left_out]
    by_name = grouped((name.name, name) for name in lookup.relations)
    readings = {
        routine.identity: reading
        for routine in structure.routines
        if (reading := _read(routine, lookup, by_name)) is not None
    }
    return AuditTrails(
        trails=tuple(_trails(own, readings)),
        guards=tuple(_guards(own, readings)),
        histories=tuple(_histories(own)),
        validities=tuple(_validities(lookup, own)),
        command_triggers=tuple(
            CommandTrigger(
                name=found.name,
                event=found.event,
                tags=found.tags,
                function=name,
                target=reading.target if reading else None,
                refuses=reading.refuses if reading else False,
                enabled=found.enabled not in (Enabled.DISABLED, Enabled.REPLICA),
            )
            for found in structure.event_triggers
            for name in (RoutineName(found.function.schema, found.function.name, ""),)
            for reading in (readings.get(name),)
        ),
        total=len(own),
    )


# --- bodies ---------------------------------------------------------------------------------------

_BODY = re.compile(r"\bAS\s+(?P<tag>\$\w*\$)(?P<body>.*)(?P=tag)", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_TEXT = re.compile(r"'(?:[^']|'')*'")
_PART = r"(?:\"(?:[^\"]|\"\")+\"|[A-Za-z_\u0080-\uffff][\w$]*)"
_INSERT = re.compile(rf"\bINSERT\s+INTO\s+(?:ONLY\s+)?(?P<name>{_PART}(?:\s*\.\s*{_PART})?)", re.IGNORECASE)
_DYNAMIC = re.compile(r"\bEXECUTE\b[^;]*\bINSERT\s+INTO\b", re.IGNORECASE | re.DOTALL)
_OLD, _NEW = r"\bOLD\b", r"\bNEW\b"
_JSON = r"(?:to_jsonb?|row_to_json|jsonb?_build_object|hstore|hstore_to_jsonb?)\s*\(\s*"
_ROW_BEFORE = mark("the row before")
_ROW_AFTER = mark("the row after")
_ROWS = mark("whole rows")
_WHOLE_ROWS = (_ROW_BEFORE, _ROW_AFTER, _ROWS)
_KEPT: tuple[tuple[str, re.Pattern[str]], ...] = (
    (mark("what was done"), re.compile(r"\bTG_OP\b", re.IGNORECASE)),
    (mark("in which table"), re.compile(r"\bTG_TABLE_NAME\b|\bTG_RELNAME\b|\bTG_RELID\b", re.IGNORECASE)),
    (_ROW_BEFORE, re.compile(rf"{_JSON}OLD\b\s*\)?|\bOLD\s*\.\s*\*|\bOLD\s*::", re.IGNORECASE)),
    (_ROW_AFTER, re.compile(rf"{_JSON}NEW\b\s*\)?|\bNEW\s*\.\s*\*|\bNEW\s*::", re.IGNORECASE)),
    (mark("the role"), re.compile(r"\b(?:session_user|current_user)\b", re.IGNORECASE)),
    (mark("who the application says it was"), re.compile(r"\bcurrent_setting\s*\(", re.IGNORECASE)),
    (mark("the statement"), re.compile(r"\bcurrent_query\s*\(", re.IGNORECASE)),
    (mark("from which address"), re.compile(r"\binet_client_addr\s*\(", re.IGNORECASE)),
    (mark("the transaction"), re.compile(r"\b(?:txid_current|pg_current_xact_id)\s*\(", re.IGNORECASE)),
)
_LOGGING = re.compile(r"\bTG_OP\b|\bTG_TABLE_NAME\b|\bTG_RELNAME\b", re.IGNORECASE)
_RAISE = re.compile(r"\bRAISE\s+(?!NOTICE|WARNING|INFO|LOG|DEBUG)[a-z_]+\b", re.IGNORECASE)
_RAISE_STATEMENT = re.compile(r"\bRAISE\b[^;]*;", re.IGNORECASE | re.DOTALL)
_DOES_MORE = re.compile(
    r"\b(?:INSERT|UPDATE|DELETE|MERGE|RETURN|PERFORM|EXECUTE|IF|CASE|LOOP|SELECT)\b", re.IGNORECASE
)


# The relations by their names without schema.
_ByName = Mapping[str, Sequence[QualifiedName]]


class _Reading(msgspec.Struct, frozen=True):
    """What was understood of a trigger function."""

    function: RoutineName
    inserts: bool
    target: QualifiedName | None
    keeps: tuple[str, ...]
    records: bool
    refuses: bool


def _read(routine: Routine, lookup: Lookup, by_name: _ByName) -> _Reading | None:
    """What a trigger function does; None for other routines and for languages that are not read."""
    if routine.result not in ("trigger", "event_trigger") or routine.language not in ("plpgsql", "sql"):
        return None
    found = _BODY.search(routine.definition or "")
    if found is None:
        return None
    code = _COMMENT.sub(" ", found["body"])
    plain = _TEXT.sub("''", code)
    targets = [
        _resolved(_names(match["name"]), routine, lookup, by_name) for match in _INSERT.finditer(plain)
    ]
    known = [target for target in targets if target is not None]
    dynamic = _DYNAMIC.search(code) is not None
    keeps = tuple(said for said, pattern in _KEPT if pattern.search(plain))
    raises = _RAISE.search(plain) is not None
    return _Reading(
        function=routine.identity,
        inserts=bool(known) or dynamic,
        target=known[0] if len(set(known)) == 1 else None,
        keeps=keeps,
        records=(bool(known) or dynamic)
        and (_LOGGING.search(plain) is not None or any(said in _WHOLE_ROWS for said in keeps)),
        refuses=raises and _DOES_MORE.search(_RAISE_STATEMENT.sub(" ", plain)) is None,
    )


def _names(text: str) -> list[str]:
    return [
        part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()
        for part in re.findall(_PART, text)
    ]


_SEARCH_PATH = re.compile(r"\Asearch_path=(.*)\Z", re.DOTALL)


def _resolved(
    names: Sequence[str], routine: Routine, lookup: Lookup, by_name: _ByName
) -> QualifiedName | None:
    """The table that a name in a body means, as far as that can be told; a partition's table."""
    if len(names) > 1:
        name = QualifiedName(names[0], names[1])
        return tables.root(lookup, name) if name in lookup.relations else None
    path = next((match[1] for one in routine.configuration if (match := _SEARCH_PATH.match(one))), "")
    for schema in _names(path):
        if QualifiedName(schema, names[0]) in lookup.relations:
            return tables.root(lookup, QualifiedName(schema, names[0]))
    named = by_name.get(names[0], ())
    return tables.root(lookup, named[0]) if len(named) == 1 else None


# --- triggers -------------------------------------------------------------------------------------

_Key = tuple[RoutineName, QualifiedName | None, tuple[str, ...]]
_VERSIONING = re.compile(r"\bversioning\(\s*'(?P<period>[^']+)',\s*'(?P<target>[^']+)'", re.IGNORECASE)


def _trails(own: Sequence[Relation], readings: Mapping[RoutineName, _Reading]) -> Iterator[Trail]:
    names = {relation.qualified for relation in own}
    recorded: dict[_Key, list[Recorded]] = {}
    for relation in own:
        for trigger in _of(relation):
            reading = readings.get(trigger.function)
            versioned = _VERSIONING.search(trigger.definition)
            if versioned is not None:
                parts = _names(versioned["target"])
                kept = QualifiedName(parts[0] if len(parts) > 1 else relation.schema, parts[-1])
                key: _Key = (trigger.function, kept if kept in names else None, (tr(_ROW_BEFORE),))
            elif reading is not None and reading.records and reading.target != relation.qualified:
                key = (reading.function, reading.target, reading.keeps)
            else:
                continue
            recorded.setdefault(key, []).append(
                Recorded(
                    table=relation.qualified,
                    trigger=trigger.name,
                    events=trigger.events,
                    enabled=trigger.enabled not in (Enabled.DISABLED, Enabled.REPLICA),
                )
            )
    for (function, target, keeps), members in sorted(
        recorded.items(), key=lambda item: (item[0][0], item[0][1] or QualifiedName("", ""))
    ):
        yield Trail(function=function, target=target, keeps=tuple(map(tr, keeps)), recorded=tuple(members))


def _guards(own: Sequence[Relation], readings: Mapping[RoutineName, _Reading]) -> Iterator[Guard]:
    for relation in own:
        for trigger in _of(relation):
            reading = readings.get(trigger.function)
            refused = tuple(event for event in trigger.events if event is not Event.INSERT)
            if (
                reading is not None
                and reading.refuses
                and refused
                and trigger.condition is None
                and trigger.enabled is not Enabled.DISABLED
            ):
                yield Guard(table=relation.qualified, function=reading.function, events=refused)


def _of(relation: Relation) -> Iterator[Trigger]:
    return (trigger for trigger in relation.triggers if not trigger.inherited)


# --- tables ---------------------------------------------------------------------------------------

_HISTORY_NAME = re.compile(
    r"(?:(?P<before>historical|history_of|hist|history|audit|log|archive|archived|deleted)_?(?P<rest>.+)"
    r"|(?P<start>.+?)_?(?:history|hist|audit|aud|versions?|log|archive|revisions?|changes|deleted|old))\Z",
    re.IGNORECASE,
)
_LEAST_SHARED = 3
_SHARE_PERCENT = 75


def _histories(own: Sequence[Relation]) -> Iterator[HistoryTable]:
    """Tables named after another one, with most of its columns: a history, an archive, a log of versions."""
    by_name: dict[str, list[Relation]] = {}
    for relation in own:
        for singular in singulars(relation.name):
            by_name.setdefault(singular, []).append(relation)
    for relation in own:
        best: HistoryTable | None = None
        names = {column.name for column in relation.columns}
        for origin in _origins(relation, by_name):
            theirs = {column.name: column for column in origin.columns}
            least = max(_LEAST_SHARED, _SHARE_PERCENT * len(theirs) / 100)
            if len(names & theirs.keys()) < least:
                continue
            shared = [
                column
                for column in relation.columns
                if (other := theirs.get(column.name)) is not None and _plain(column) == _plain(other)
            ]
            if len(shared) < least:
                continue
            if best is None or len(shared) > best.shared:
                names = {column.name for column in shared}
                best = HistoryTable(
                    table=relation.qualified,
                    of=origin.qualified,
                    shared=len(shared),
                    total=len(theirs),
                    own=tuple(column.name for column in relation.columns if column.name not in names),
                )
        if best is not None:
            yield best


def _origins(relation: Relation, by_name: Mapping[str, Sequence[Relation]]) -> Iterator[Relation]:
    """The tables that a history's name is made from; those of its own schema first."""
    match = _HISTORY_NAME.match(relation.name)
    if match is None:
        return
    stem = match["rest"] or match["start"]
    seen = set()
    for singular in sorted(singulars(stem.strip("_"))):
        for origin in sorted(
            by_name.get(singular, ()), key=lambda one: (one.schema != relation.schema, one.qualified)
        ):
            if origin.qualified != relation.qualified and origin.qualified not in seen:
                seen.add(origin.qualified)
                yield origin


def _plain(column: Column) -> str:
    return column.type.partition("(")[0]


_FROM = re.compile(
    r"(?P<stem>valid|effective|validity|active|sys|system|row|record|version)"
    r"_?(?:from|start|begin|since)(?:_?(?:at|on|date|time|ts))?\Z",
    re.IGNORECASE,
)
_TO = r"{stem}_?(?:to|until|till|end|thru|through)(?:_?(?:at|on|date|time|ts))?\Z"
_PERIOD = re.compile(r"(?:.*_)?(?:valid(?:ity)?|period|during|effective)(?:_.*)?\Z", re.IGNORECASE)


def _may_be_valid(column: str) -> bool:
    """Whether a column is named like a period or the start of one."""
    return _PERIOD.match(column) is not None or _FROM.match(column) is not None


def _validities(lookup: Lookup, own: Sequence[Relation]) -> Iterator[Validity]:
    names = {column.name for relation in own for column in relation.columns}
    telling = frozenset(filter(_may_be_valid, names))
    for relation in own:
        if telling.isdisjoint(column.name for column in relation.columns):
            continue
        types = {column.name: tables.base_type(lookup, column) for column in relation.columns}
        for name, kind in types.items():
            if kind in ("tstzrange", "tsrange", "daterange") and _PERIOD.match(name):
                yield Validity(table=relation.qualified, columns=(name,))
                break
            started = _FROM.match(name)
            if started is None or not kind.startswith(("timestamp", "date")):
                continue
            ended = re.compile(_TO.format(stem=re.escape(started["stem"])), re.IGNORECASE)
            ending = next((other for other in types if ended.match(other)), None)
            if ending is not None:
                yield Validity(table=relation.qualified, columns=(name, ending))
                break
