"""A snapshot in D2: `sql_table` shapes, in a container for each schema when there are several.

Follows https://d2lang.com/tour/sql-tables. D2 takes keys that differ only in upper and lower case for one, so
that of such names all but the first get what makes them differ: tables a number in their key (their label is
the name), columns a zero-width space, which is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams.lettering import visible
from pgdossier.export.contents import Contents, relation_facts
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.types import brief

_CONSTRAINTS = {"PK": "primary_key", "FK": "foreign_key", "UK": "unique"}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n"})
_MARKDOWN = re.compile(r"[\\\\`*_<>&\[\]#~|!$+-]")  # tooltips are Markdown
_STUMBLING = re.compile(r"[`$\\]")  # layout engines are given keys as JavaScript
_Keys = Mapping[QualifiedName, Mapping[str, str]]
_UNSEEN = "\N{ZERO WIDTH SPACE}"


def text(snapshot: Snapshot, *, views: bool = True) -> str:
    """The D2 source of that snapshot."""
    contents = Contents.of(snapshot, views=views)
    names = sorted((*(found.qualified for found in contents.relations), *contents.outside))
    relations = {found.qualified: found for found in contents.relations}
    columns = {
        name: _apart((one.name for one in found.columns), _UNSEEN) for name, found in relations.items()
    }
    schemas = _apart(contents.schemas, "_", _STUMBLING)
    several = len(schemas) > 1
    paths: dict[QualifiedName, str] = {}
    blocks = ["direction: right"]
    for schema, key in schemas.items():
        mine = [name for name in names if name.schema == schema]
        keys = _apart([name.name for name in mine], "_", _STUMBLING)
        tables = []
        for name in mine:
            own = _quoted(keys[name.name])
            paths[name] = f"{_quoted(key)}.{own}" if several else own
            label = [] if keys[name.name] == visible(name.name) else [f"label: {_quoted(name.name)}"]
            found = relations.get(name)
            body = _body(contents, found, columns[name]) if found else ["tooltip: not documented"]
            tables += [f"{own}: {{", *(f"  {line}" for line in (*label, *body)), "}"]
        if several:
            label = [] if key == visible(schema) else [f"  label: {_quoted(schema)}"]
            tables = [f"{_quoted(key)}: {{", *label, *(f"  {line}" for line in tables), "}"]
        blocks.append("\n".join(tables))
    blocks.append("\n".join(_line(found, paths, columns) for found in contents.relationships))
    return "\n\n".join(filter(None, blocks)) + "\n"


def _apart(names: Iterable[str], mark: str, forbidden: re.Pattern[str] | None = None) -> dict[str, str]:
    """A key for each name, no two of them equal to D2, without what is forbidden."""
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        key = visible(name) if forbidden is None else forbidden.sub("_", visible(name))
        while key.casefold() in taken:
            key += mark
        taken.add(key.casefold())
        keys[name] = key
    return keys


def _quoted(name: str) -> str:
    return '"' + visible(name).translate(_ESCAPES) + '"'


def _body(contents: Contents, relation: Relation, keys: Mapping[str, str]) -> Iterator[str]:
    yield "shape: sql_table"
    note = "\n".join(filter(None, (relation.comment, *relation_facts(contents, relation))))
    if note:
        lines = (_MARKDOWN.sub(r"\\\g<0>", visible(line)).translate(_ESCAPES) for line in note.splitlines())
        yield 'tooltip: "' + "\\n\\n".join(filter(None, lines)) + '"'
    found = contents.marks(relation)
    for column in relation.columns:
        kind = column.type if column.type_name is not None else brief(column.type)
        kind += "" if column.nullable else " not null"
        constraints = [_CONSTRAINTS[mark] for mark in found.get(column.name, ())]
        listed = constraints[0] if len(constraints) == 1 else f"[{'; '.join(constraints)}]"
        said = f" {{constraint: {listed}}}" if constraints else ""
        yield f"{_quoted(keys[column.name])}: {_quoted(kind)}{said}"


def _line(found: Relationship, paths: Mapping[QualifiedName, str], columns: _Keys) -> str:
    def end(name: QualifiedName, listed: tuple[str, ...]) -> str:
        # A line has one column at each end: the first; its label names them all.
        column = columns.get(name, {}).get(listed[0]) if listed else None
        return paths[name] if column is None else f"{paths[name]}.{_quoted(column)}"

    child = "cf-many" if found.many else "cf-one"
    parent = "cf-one" if found.optional else "cf-one-required"
    ends = f"{end(found.child, found.key.columns)} <-> {end(found.parent, found.key.target_columns)}"
    label = _quoted(", ".join(found.key.columns)) if len(found.key.columns) > 1 else ""
    return (
        f"{ends}{f': {label}' if label else ':'} {{source-arrowhead.shape: {child};"
        f" target-arrowhead.shape: {parent}}}"
    )
