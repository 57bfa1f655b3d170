"""A snapshot as DBML, the language of dbdiagram.io and dbdocs.io.

Follows https://dbml.dbdiagram.io/docs. Every name stands in quotes, so that none is taken for a keyword. What
DBML has no words for stands in notes: see docs/exports.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pgdossier.analysis.relationships import Relationship
from pgdossier.export.contents import (
    VIEWS,
    Contents,
    column_facts,
    is_plain,
    is_plain_index,
    is_plain_reference,
    owned_indexes,
    relation_facts,
)
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Action, Check, Key
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.types import Enum, brief

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_PLAIN_TYPE = re.compile(r"[a-z][a-z0-9_]*(\(\d+(, ?\d+)?\))?\Z")
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_LITERAL = re.compile(r"'((?:[^'\\]|'')*)'(?:::(.+))?\Z", re.DOTALL)
_TEXTS = frozenset(("text", "character varying", "bpchar", "character"))
_NUMBERS = frozenset(("smallint", "integer", "bigint", "numeric", "real", "double precision"))
_METHODS = frozenset(("btree", "hash", "gin", "gist", "brin"))
_VIEW_COLOUR = "#79629A"


def text(
    snapshot: Snapshot, *, views: bool = True, groups: Sequence[tuple[str, Sequence[QualifiedName]]] = ()
) -> str:
    """The DBML document of that snapshot; views are tables with another colour and a note.

    Args:
        snapshot: What it shows.
        views: Views as well as tables.
        groups: Its groups of tables, each with its name; none: the schemas, where there are several.
    """
    contents = Contents.of(snapshot, views=views)
    said, unsaid = _references(contents)
    blocks = [_project(snapshot)]
    blocks += [_enum(found) for found in snapshot.structure.enums]
    blocks += [_table(contents, found, unsaid.get(found.qualified, ())) for found in contents.relations]
    if said:
        blocks.append("".join(map(_reference, said)))
    shown = [found.qualified for found in contents.relations]
    schemas = sorted({name.schema for name in shown})
    if not groups and len(schemas) > 1:
        groups = [(schema, [name for name in shown if name.schema == schema]) for schema in schemas]
    there = set(shown)
    chosen = ((name, [table for table in tables if table in there]) for name, tables in groups)
    blocks += [_group(name, tables) for name, tables in chosen if tables]
    return "\n".join(blocks)


def _references(
    contents: Contents,
) -> tuple[list[Relationship], Mapping[QualifiedName, Sequence[str]]]:
    """The relationships that become a Ref, and lines for the notes of tables about the others.

    DBML wants both ends to be there and to differ, and one Ref at most between the same ends. What a foreign
    key says beyond columns and actions goes into the notes as well.
    """
    said: list[Relationship] = []
    unsaid: dict[QualifiedName, list[str]] = {}
    seen: set[frozenset[str]] = set()
    for found in contents.relationships:
        ends = frozenset((_end(found.child, found.key.columns), _end(found.parent, found.key.target_columns)))
        fits = len(ends) == 2 and ends not in seen and found.parent not in contents.outside
        if fits:
            seen.add(ends)
            said.append(found)
        lines = unsaid.setdefault(found.child, [])
        if not fits or not is_plain_reference(found.key):
            lines.append(f"{found.key.name}: {found.key.definition}")
        if found.key not in contents.lookup.relations[found.child].foreign_keys:
            lines.append(f"{found.key.name} is a foreign key of partitions, not of the table.")
    return said, unsaid


def _name(text: str) -> str:
    return '"' + text.translate(_ESCAPES).replace('"', '\\"') + '"'


def _qualified(name: QualifiedName) -> str:
    return f"{_name(name.schema)}.{_name(name.name)}"


def _string(text: str) -> str:
    return "'" + text.translate(_ESCAPES).replace("'", "\\'") + "'"


def _expression(text: str) -> str:
    return f"`{text}`"


def _settings(parts: Iterable[str]) -> str:
    found = ", ".join(parts)
    return f" [{found}]" if found else ""


def _note(lines: Iterable[str]) -> list[str]:
    found = "\n".join(filter(None, lines))
    return [f"note: {_string(found)}"] if found else []


def _project(snapshot: Snapshot) -> str:
    structure = snapshot.structure
    comment = structure.database.comment or ""
    note = "\n".join(filter(None, (comment, f"PostgreSQL {structure.server.version}")))
    return (
        f"Project {_name(structure.database.name)} {{\n  database_type: 'PostgreSQL'\n"
        f"  Note: {_string(note)}\n}}\n"
    )


def _enum(enum: Enum) -> str:
    comment = "".join(f"// {line}\n" for line in (enum.comment or "").splitlines())
    # DBML has no empty name; a space cannot be mistaken for another label of the same enum.
    empty = _name(_free(" ", enum.labels)) + " [note: 'empty']"
    rows = "".join(f"  {_name(label) if label else empty}\n" for label in enum.labels)
    return f"{comment}Enum {_qualified(enum.qualified)} {{\n{rows}}}\n"


def _free(wanted: str, taken: Sequence[str]) -> str:
    while wanted in taken:
        wanted += " "
    return wanted


def _table(contents: Contents, relation: Relation, unsaid: Sequence[str]) -> str:
    colour = [f"headercolor: {_VIEW_COLOUR}"] if relation.kind in VIEWS else []
    lines = [f"Table {_qualified(relation.qualified)}{_settings(colour)} {{"]
    lines += [f"  {_column(contents, relation, column)}" for column in relation.columns]
    indexes = list(_indexes(relation))
    if indexes:
        lines += ["", "  Indexes {", *(f"    {index}" for index in indexes), "  }"]
    checks = [check for check in relation.checks if _fits(check.expression)]
    if checks:
        lines += ["", "  checks {", *(f"    {_check(check)}" for check in checks), "  }"]
    rest = [f"{check.name}: {check.definition}" for check in relation.checks if not _fits(check.expression)]
    rest += [found.definition for found in owned_indexes(relation) if not _fits_index(found)]
    rest += [f"No column: {relation.qualified.dotted} has none."] if not relation.columns else []
    note = "\n".join(filter(None, (relation.comment, *relation_facts(contents, relation), *unsaid, *rest)))
    if note:
        lines += ["", f"  Note: {_string(note)}"]
    return "\n".join(lines) + "\n}\n"


def _column(contents: Contents, relation: Relation, column: Column) -> str:
    primary = relation.primary_key is not None and relation.primary_key.columns == (column.name,)
    counts = _counts(contents, relation, column)
    settings = ["pk"] if primary else []
    settings += ["increment"] if counts else []
    settings += [] if column.nullable else ["not null"]
    if any(key.columns == (column.name,) and is_plain(key) for key in relation.unique_keys):
        settings.append("unique")
    notes = [column.comment or "", *column_facts(contents, column)]
    if column.default is not None and column.generated is None and not counts:
        if _fits(column.default):
            settings.append(f"default: {_default(column)}")
        else:
            notes.append(f"default: {column.default}")
    settings += _note(notes)
    return f"{_name(column.name)} {_type(contents, column)}{_settings(settings)}"


def _counts(contents: Contents, relation: Relation, column: Column) -> bool:
    """Whether the column takes its values from a sequence of its own."""
    if column.identity is not None:
        return True
    if column.default is None or not column.default.startswith("nextval("):
        return False
    return (relation.qualified, column.name) in contents.counted


def _type(contents: Contents, column: Column) -> str:
    found = contents.lookup.types.get(column.type_name) if column.type_name is not None else None
    if isinstance(found, Enum) and not column.type.endswith("[]"):
        return _qualified(found.qualified)
    text = column.type if column.type_name is not None else brief(column.type)
    return text if _PLAIN_TYPE.match(text) else _name(text)


def _default(column: Column) -> str:
    """A default in DBML's own words where they say the same, else as the expression that it is."""
    text = column.default or ""
    if _NUMBER.match(text) or text in ("true", "false"):
        return text
    match = _LITERAL.match(text)
    if match is not None:
        value, cast = match[1].replace("''", "'"), match[2] or ""
        kind = cast.partition("(")[0].strip()
        if kind in _NUMBERS and _NUMBER.match(value):
            return value
        if kind in _TEXTS or cast == column.type:
            return _string(value)
    return _expression(text)


def _fits(expression: str) -> bool:
    """Whether DBML can hold an expression: it stands between backticks, and nothing escapes one."""
    return "`" not in expression


def _fits_index(index: Index) -> bool:
    return all(key.column is not None or _fits(key.expression) for key in index.keys)


def _indexes(relation: Relation) -> Iterator[str]:
    if relation.primary_key is not None and len(relation.primary_key.columns) > 1:
        yield _key(relation.primary_key, "pk")
    for key in relation.unique_keys:
        if len(key.columns) > 1 or not is_plain(key):
            yield _key(key, "unique")
    for index in owned_indexes(relation):
        if not _fits_index(index):
            continue
        keys = ", ".join(
            _expression(key.expression) if key.column is None else _name(key.column) for key in index.keys
        )
        settings = [f"name: {_string(index.name)}"]
        # A unique index over some of the rows, or an invalid one, lets equal values through.
        settings += ["unique"] if index.unique and index.predicate is None and index.valid else []
        settings.append(f"type: {index.method if index.method in _METHODS else _name(index.method)}")
        invalid = "" if index.valid else "invalid"
        definition = "" if is_plain_index(index) else index.definition
        settings += _note((index.comment or "", invalid, definition))
        yield f"({keys}){_settings(settings)}"


def _key(key: Key, what: str) -> str:
    names = ", ".join(map(_name, key.columns))
    settings = [what, f"name: {_string(key.name)}"]
    settings += _note((key.comment or "", "" if is_plain(key) else key.definition))
    return f"({names}){_settings(settings)}"


def _check(check: Check) -> str:
    settings = [f"name: {_string(check.name)}"]
    return f"{_expression(check.expression)}{_settings(settings)}"


def _end(name: QualifiedName, columns: Sequence[str]) -> str:
    listed = ", ".join(map(_name, columns))
    return f"{_qualified(name)}.({listed})" if len(columns) > 1 else f"{_qualified(name)}.{listed}"


def _reference(found: Relationship) -> str:
    child, parent = _end(found.child, found.key.columns), _end(found.parent, found.key.target_columns)
    settings = []
    for verb, action in (("delete", found.key.on_delete), ("update", found.key.on_update)):
        if action not in (Action.NO_ACTION, Action.UNKNOWN):
            settings.append(f"{verb}: {action.value}")
    # Of a one-to-one Ref the second end is the one that holds the foreign key.
    ends = f"{child} > {parent}" if found.many else f"{parent} - {child}"
    return f"Ref {_name(found.key.name)}: {ends}{_settings(settings)}\n"


def _group(name: str, tables: Iterable[QualifiedName]) -> str:
    rows = "".join(f"  {_qualified(table)}\n" for table in tables)
    return f"TableGroup {_name(name)} {{\n{rows}}}\n"
