"""A snapshot as a PlantUML entity diagram, for wikis and documents that draw PlantUML.

Follows https://plantuml.com/ie-diagram and, for characters that PlantUML takes as markup,
https://plantuml.com/unicode. Entities and packages have numbers for identifiers, so that no name can change
what the source means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams.lettering import visible
from pgdossier.export.contents import Contents
from pgdossier.model.columns import Column
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.types import brief

# These mean nothing to PlantUML unless two equal ones stand side by side; the latter not at an end either.
_HARMLESS = frozenset("_,()[]:")
_HARMLESS_WITHIN = frozenset(" .-")


def text(snapshot: Snapshot, *, views: bool = True) -> str:
    """The PlantUML source of that snapshot: one diagram, a package for each schema when there are several."""
    contents = Contents.of(snapshot, views=views)
    names = (*(found.qualified for found in contents.relations), *contents.outside)
    numbers = {name: f"e{number}" for number, name in enumerate(sorted(names), start=1)}
    relations = {found.qualified: found for found in contents.relations}
    lines = ["@startuml", f"title {_text(snapshot.structure.database.name)}", "left to right direction"]
    lines += ["hide circle", "hide empty members", "hide methods", ""]
    several = len(contents.schemas) > 1
    for number, schema in enumerate(contents.schemas, start=1):
        if several:
            lines.append(f'package "{_text(schema)}" as s{number} {{')
        for name, identifier in numbers.items():
            if name.schema == schema:
                lines += _entity(contents, name, identifier, relations.get(name))
        lines += ["}", ""] if several else [""]
    lines += [_line(found, numbers) for found in contents.relationships]
    return "\n".join([*lines, "@enduml", ""])


def _text(name: str) -> str:
    """Text that PlantUML shows as it is: what could be markup is written by its code point."""
    text = visible(name)
    coded = []
    for place, sign in enumerate(text):
        neighbours = (text[place - 1 : place], text[place + 1 : place + 2])
        literal = sign.isalnum() or not sign.isascii()
        if sign not in neighbours and (sign in _HARMLESS or "" not in neighbours):
            literal = literal or sign in _HARMLESS or sign in _HARMLESS_WITHIN
        coded.append(sign if literal else f"<U+{ord(sign):04X}>")
    return "".join(coded)


def _title(name: str) -> str:
    """The name of an entity: what stands between angle brackets at its end would be a generic parameter."""
    text = _text(name)
    return text + "\N{ZERO WIDTH SPACE}" if text.endswith(">") else text


def _entity(contents: Contents, name: QualifiedName, number: str, relation: Relation | None) -> Iterator[str]:
    if relation is None:
        yield f'entity "{_title(name.name)}" as {number} <<not documented>>'
        return
    kind = contents.kind(relation)
    yield f'entity "{_title(relation.name)}" as {number}{f" <<{kind}>>" if kind else ""} {{'
    found = contents.marks(relation)
    keys = [column for column in relation.columns if "PK" in found.get(column.name, ())]
    rest = [column for column in relation.columns if column not in keys]
    yield from (_column(column, found.get(column.name, ())) for column in keys)
    if keys and rest:
        yield "  --"
    yield from (_column(column, found.get(column.name, ())) for column in rest)
    together = [key.columns for key in relation.unique_keys if len(key.columns) > 1]
    if together:
        yield "  .."
        yield from (f"  {{field}} unique ({', '.join(map(_text, columns))})" for columns in together)
    yield "}"


def _column(column: Column, found: Iterable[str]) -> str:
    star = "" if column.nullable else "* "
    kind = column.type if column.type_name is not None else brief(column.type)
    signs = [*found, *(("generated",) if column.generated or column.identity else ())]
    said = "".join(f" <<{sign}>>" for sign in signs)
    return f"  {star}{{field}} {_text(column.name)} : {_text(kind)}{said}"


def _line(found: Relationship, numbers: Mapping[QualifiedName, str]) -> str:
    child = "}o" if found.many else "|o"
    parent = "o|" if found.optional else "||"
    middle = "--" if found.identifying else ".."
    columns = _text(", ".join(found.key.columns))
    return f"{numbers[found.child]} {child}{middle}{parent} {numbers[found.parent]} : {columns}"
