"""What records changes, in words (§9.3). Templates call this module `trailing`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.audit_trails import CommandTrigger, Recorded, Trail
from pgdossier.language import mark, tr
from pgdossier.language.counts import counted
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Structure
from pgdossier.model.triggers import Event
from pgdossier.render.escaping import code, inline
from pgdossier.render.numbers import listed, some
from pgdossier.render.page import Page
from pgdossier.render.terms import term

_MOST = 20
_FEW = 8
_ALL = frozenset((Event.INSERT, Event.UPDATE, Event.DELETE))
_AUDITING_EXTENSIONS = {
    "pgaudit": mark("writes statements into the server's log"),
    "pgauditlogtofile": mark("writes what pgaudit logs into a file of its own"),
    "temporal_tables": mark("keeps earlier versions of rows"),
    "periods": mark("keeps system-versioned tables"),
    "supa_audit": mark("records changes of rows"),
    "emaj": mark("records changes of rows and can take them back"),
    "pgmemento": mark("records changes of rows and of the schema"),
    "pg_track_settings": mark("keeps changes of settings"),
    "pg_permissions": mark("compares permissions with what is wanted"),
}
_LOGGING = ("log_statement", "log_connections", "log_disconnections", "log_min_duration_statement")


def trails(analysis: Analysis, page: Page) -> list[str]:
    """One sentence for each trigger function that writes changes into a table."""
    return [_trail(found, page) for found in analysis.audit_trails.trails]


def _trail(found: Trail, page: Page) -> str:
    target = tr("a table that it chooses when it runs")
    if found.target is not None:
        target = page.relation(found.target)
    active = [one for one in found.recorded if one.enabled]
    disabled = [one for one in found.recorded if not one.enabled]
    said = [
        tr(
            mark("{function} inserts into {target} when rows change in {tables}.")
            if active
            else mark("{function} inserts into {target}."),
            function=page.routine(found.function),
            target=target,
            tables=_tables(active, page),
        )
    ]
    if found.keeps:
        said.append(tr("What its body uses of a change: {parts}.", parts=", ".join(map(tr, found.keeps))))
    if disabled:
        said.append(tr("Its trigger is off on {tables}.", tables=_tables(disabled, page)))
    return " ".join(said)


def _tables(found: Sequence[Recorded], page: Page) -> str:
    """Tables with the events that their triggers fire on, tables of the same events together."""
    events: dict[QualifiedName, set[Event]] = {}
    for one in found:
        events.setdefault(one.table, set()).update(one.events)
    by_events: dict[tuple[Event, ...], list[QualifiedName]] = {}
    for table, fired in events.items():
        by_events.setdefault(tuple(event for event in Event if event in fired), []).append(table)
    return "; ".join(f"{_links(tables, page)} ({_events(fired)})" for fired, tables in by_events.items())


def _events(fired: Iterable[Event]) -> str:
    found = tuple(fired)
    if set(found) >= _ALL:
        return tr("every change") if Event.TRUNCATE in found else tr("insert, update, delete")
    return ", ".join(term(event) for event in found)


def _links(tables: Sequence[QualifiedName], page: Page) -> str:
    return some([page.relation(name) for name in tables], _MOST)


def recorded(analysis: Analysis) -> str:
    """How many tables are recorded by triggers; empty when none is."""
    found = analysis.audit_trails
    tables = {one.table for trail in found.trails for one in trail.recorded if one.enabled}
    if not tables:
        return ""
    return tr(
        "Such triggers are on {count} of {tables}. What a function writes through other"
        " functions, or by SQL that it puts together, is not seen.",
        count=len(tables),
        tables=counted(found.total, "table"),
    )


def guards(analysis: Analysis, page: Page) -> list[str]:
    """Tables whose rows cannot be changed, by the function that refuses it."""
    return [
        tr(
            "{table} refuses {events}: {function} raises an error",
            table=page.relation(found.table),
            events=listed([term(event) for event in found.events]),
            function=page.routine(found.function),
        )
        for found in analysis.audit_trails.guards
    ]


def histories(analysis: Analysis, page: Page) -> list[str]:
    """Tables that repeat the columns of another."""
    lines = []
    for found in analysis.audit_trails.histories[:_MOST]:
        line = tr(
            mark("{table} has all columns of {other}")
            if found.shared == found.total
            else mark("{table} has {shared} of the {total} columns of {other}"),
            table=page.relation(found.table),
            other=page.relation(found.of),
            shared=found.shared,
            total=found.total,
        )
        if found.own:
            own = listed([code(name) for name in found.own[:_FEW]])
            if len(found.own) > _FEW:
                own = tr("{items} and {count} more", items=own, count=len(found.own) - _FEW)
            line = tr("{sentence}, and {columns}", sentence=line, columns=own)
        lines.append(line)
    if len(analysis.audit_trails.histories) > _MOST:
        lines.append(tr("and {count} more", count=len(analysis.audit_trails.histories) - _MOST))
    return lines


def validities(analysis: Analysis, page: Page) -> str:
    """The tables whose rows say from when to when they hold."""
    found = analysis.audit_trails.validities
    shown = [f"{page.relation(one.table)} ({', '.join(map(code, one.columns))})" for one in found[:_MOST]]
    return some(shown, _MOST, len(found) - len(shown))


def commands(analysis: Analysis, page: Page) -> list[str]:
    """The event triggers, and what they do as far as it is seen."""
    return [_command(found, page) for found in analysis.audit_trails.command_triggers]


def _command(found: CommandTrigger, page: Page) -> str:
    said = tr(
        mark("{name} calls {function} at {event} of {tags}")
        if found.tags
        else mark("{name} calls {function} at {event}"),
        name=code(found.name),
        function=page.routine(found.function),
        event=code(found.event),
        tags=listed([code(tag) for tag in found.tags]),
    )
    if found.target is not None:
        said = tr("{sentence}, which inserts into {table}", sentence=said, table=page.relation(found.target))
    elif found.refuses:
        said = tr("{sentence}, which refuses it", sentence=said)
    return said if found.enabled else tr("{sentence} (it is off)", sentence=said)


def server_side(analysis: Analysis) -> list[str]:
    """What the server itself records: extensions for it, and settings of the log where they were read."""
    structure = analysis.described.structure
    lines = [
        tr(
            "The extension {name} {version} is installed: it {does}.",
            name=code(extension.name),
            version=inline(extension.version),
            does=tr(_AUDITING_EXTENSIONS[extension.name]),
        )
        for extension in structure.extensions
        if extension.name in _AUDITING_EXTENSIONS
    ]
    lines += _pgaudit(analysis, structure)
    operation = analysis.snapshot.operation
    logged = []
    for name in _LOGGING:
        setting = operation.setting(name)
        if setting is not None and setting.value is not None and setting.changed:
            logged.append(f"{code(name)} = {code(setting.value)}")
    if logged:
        lines.append(tr("The server's log: {settings}.", settings=", ".join(logged)))
    return lines


def _pgaudit(analysis: Analysis, structure: Structure) -> list[str]:
    """What pgaudit logs: for all, for this database, for single roles."""
    said = []
    libraries = analysis.snapshot.operation.setting("shared_preload_libraries")
    loaded = libraries is not None and "pgaudit" in (libraries.value or "")
    installed = any(extension.name == "pgaudit" for extension in structure.extensions)
    setting = analysis.snapshot.operation.setting("pgaudit.log")
    if setting is not None and setting.value:
        said.append(tr("for everybody {value}", value=code(setting.value)))
    said += [
        tr("in this database {value}", value=code(one.value))
        for one in structure.database.settings
        if one.name == "pgaudit.log" and one.value
    ]
    said += [
        tr("for {role} {value}", role=code(role.name), value=code(one.value))
        for role in structure.roles
        for one in (*role.settings, *role.settings_here)
        if one.name == "pgaudit.log" and one.value
    ]
    lines = []
    if said:
        lines.append(tr("{setting} is set: {values}.", setting=code("pgaudit.log"), values=", ".join(said)))
    if installed and libraries is not None and not loaded:
        lines.append(
            tr(
                "⚠ pgaudit is installed but not loaded: it is not in `shared_preload_libraries`, and"
                " records nothing."
            )
        )
    if loaded and not installed:
        lines.append(
            tr(
                "pgaudit is loaded but not installed in this database: it then logs no details of DDL"
                " commands."
            )
        )
    return lines
