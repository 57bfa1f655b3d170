"""What records changes, in words (§9.3). Templates call this module `trailing`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.audit_trails import CommandTrigger, Recorded, Trail
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Structure
from pgdossier.model.triggers import Event
from pgdossier.render.escaping import code, inline
from pgdossier.render.numbers import counted, listed
from pgdossier.render.page import Page

_MOST = 20
_FEW = 8
_ALL = frozenset((Event.INSERT, Event.UPDATE, Event.DELETE))
_AUDITING_EXTENSIONS = {
    "pgaudit": "writes statements into the server's log",
    "pgauditlogtofile": "writes what pgaudit logs into a file of its own",
    "temporal_tables": "keeps earlier versions of rows",
    "periods": "keeps system-versioned tables",
    "supa_audit": "records changes of rows",
    "emaj": "records changes of rows and can take them back",
    "pgmemento": "records changes of rows and of the schema",
    "pg_track_settings": "keeps changes of settings",
    "pg_permissions": "compares permissions with what is wanted",
}
_LOGGING = ("log_statement", "log_connections", "log_disconnections", "log_min_duration_statement")


def trails(analysis: Analysis, page: Page) -> list[str]:
    """One sentence for each trigger function that writes changes into a table."""
    return [_trail(found, page) for found in analysis.audit_trails.trails]


def _trail(found: Trail, page: Page) -> str:
    target = "a table that it chooses when it runs"
    if found.target is not None:
        target = page.relation(found.target)
    kept = f" What its body uses of a change: {', '.join(found.keeps)}." if found.keeps else ""
    active = [one for one in found.recorded if one.enabled]
    disabled = [one for one in found.recorded if not one.enabled]
    said = f"{page.routine(found.function)} inserts into {target}"
    if active:
        said += f" when rows change in {_tables(active, page)}"
    said += f".{kept}"
    if disabled:
        said += f" Its trigger is off on {_tables(disabled, page)}."
    return said


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
        return "every change" if Event.TRUNCATE in found else "insert, update, delete"
    return ", ".join(str(event) for event in found)


def _links(tables: Sequence[QualifiedName], page: Page) -> str:
    shown = [page.relation(name) for name in tables[:_MOST]]
    more = len(tables) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def recorded(analysis: Analysis) -> str:
    """How many tables are recorded by triggers; empty when none is."""
    found = analysis.audit_trails
    tables = {one.table for trail in found.trails for one in trail.recorded if one.enabled}
    if not tables:
        return ""
    return (
        f"Such triggers are on {len(tables)} of {counted(found.total, 'table')}. What a function writes"
        " through other functions, or by SQL that it puts together, is not seen."
    )


def guards(analysis: Analysis, page: Page) -> list[str]:
    """Tables whose rows cannot be changed, by the function that refuses it."""
    return [
        f"{page.relation(found.table)} refuses {listed([str(event) for event in found.events])}:"
        f" {page.routine(found.function)} raises an error"
        for found in analysis.audit_trails.guards
    ]


def histories(analysis: Analysis, page: Page) -> list[str]:
    """Tables that repeat the columns of another."""
    lines = []
    for found in analysis.audit_trails.histories[:_MOST]:
        share = "all" if found.shared == found.total else f"{found.shared} of the {found.total}"
        own = f", and {listed([code(name) for name in found.own[:_FEW]])}" if found.own else ""
        more = f" and {len(found.own) - _FEW} more" if len(found.own) > _FEW else ""
        lines.append(
            f"{page.relation(found.table)} has {share} columns of {page.relation(found.of)}{own}{more}"
        )
    if len(analysis.audit_trails.histories) > _MOST:
        lines.append(f"and {len(analysis.audit_trails.histories) - _MOST} more")
    return lines


def validities(analysis: Analysis, page: Page) -> str:
    """The tables whose rows say from when to when they hold."""
    found = analysis.audit_trails.validities
    shown = [f"{page.relation(one.table)} ({', '.join(map(code, one.columns))})" for one in found[:_MOST]]
    more = len(found) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def commands(analysis: Analysis, page: Page) -> list[str]:
    """The event triggers, and what they do as far as it is seen."""
    return [_command(found, page) for found in analysis.audit_trails.command_triggers]


def _command(found: CommandTrigger, page: Page) -> str:
    tags = f" of {listed([code(tag) for tag in found.tags])}" if found.tags else ""
    said = f"{code(found.name)} calls {page.routine(found.function)} at {code(found.event)}{tags}"
    if found.target is not None:
        said += f", which inserts into {page.relation(found.target)}"
    elif found.refuses:
        said += ", which refuses it"
    return said + ("" if found.enabled else " (it is off)")


def server_side(analysis: Analysis) -> list[str]:
    """What the server itself records: extensions for it, and settings of the log where they were read."""
    structure = analysis.described.structure
    lines = [
        f"The extension {code(extension.name)} {inline(extension.version)} is installed: it"
        f" {_AUDITING_EXTENSIONS[extension.name]}."
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
        lines.append(f"The server's log: {', '.join(logged)}.")
    return lines


def _pgaudit(analysis: Analysis, structure: Structure) -> list[str]:
    """What pgaudit logs: for all, for this database, for single roles."""
    said = []
    libraries = analysis.snapshot.operation.setting("shared_preload_libraries")
    loaded = libraries is not None and "pgaudit" in (libraries.value or "")
    installed = any(extension.name == "pgaudit" for extension in structure.extensions)
    setting = analysis.snapshot.operation.setting("pgaudit.log")
    if setting is not None and setting.value:
        said.append(f"for everybody {code(setting.value)}")
    said += [
        f"in this database {code(one.value)}"
        for one in structure.database.settings
        if one.name == "pgaudit.log" and one.value
    ]
    said += [
        f"for {code(role.name)} {code(one.value)}"
        for role in structure.roles
        for one in (*role.settings, *role.settings_here)
        if one.name == "pgaudit.log" and one.value
    ]
    lines = []
    if said:
        lines.append(f"{code('pgaudit.log')} is set: {', '.join(said)}.")
    if installed and libraries is not None and not loaded:
        lines.append(
            "⚠ pgaudit is installed but not loaded: it is not in `shared_preload_libraries`, and records"
            " nothing."
        )
    if loaded and not installed:
        lines.append(
            "pgaudit is loaded but not installed in this database: it then logs no details of DDL commands."
        )
    return lines
