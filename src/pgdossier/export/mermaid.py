"""A snapshot as Mermaid `erDiagram` documents, each within what GitHub draws.

Follows https://mermaid.js.org/syntax/entityRelationshipDiagram.html. GitHub draws nothing of a diagram with
more than 50,000 characters or 500 lines between entities, so a large schema becomes several documents: every
line is in the one that has its referencing table with all columns; a table that is only referenced there
stands without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams.lettering import cut, visible
from pgdossier.diagrams.mermaid import CODES
from pgdossier.export.contents import Contents
from pgdossier.model.columns import Column
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.types import brief

CHARACTERS = 49_000
"""The most characters of one document, a margin below GitHub's 50,000."""

EDGES = 490
"""The most lines of one document, a margin below GitHub's 500."""

_HEAD = "erDiagram\n"
_COMMENT = 120  # characters of a column's comment
# Generic types (~T~) are looked for in every text, and labels are Markdown.
_MARKUP = str.maketrans({"~": "#126;", "*": "#42;", "`": "#96;"})
_NO_WORD = re.compile(r"[^A-Za-z0-9_]+")
_NO_TYPE = re.compile(r"[^A-Za-z0-9_()\[\],]+")
_KEYWORDS = frozenset(("pk", "fk", "uk"))


def texts(snapshot: Snapshot, *, views: bool = True) -> tuple[str, ...]:
    """The documents of that snapshot, one when everything fits into it."""
    contents = Contents.of(snapshot, views=views)
    ids = _ids(contents)
    relations = {found.qualified: found for found in contents.relations}
    references: dict[QualifiedName, list[Relationship]] = {}
    for found in contents.relationships:
        references.setdefault(found.child, []).append(found)
    done: list[_Document] = [_Document()]
    for name in _together(contents):
        # The lines of one table are kept together, unless they are more than one document takes.
        lines = [(found.parent, _line(found, ids)) for found in references.get(name, ())]
        entity = _entity(contents, relations[name], ids[name])
        for start in range(0, max(1, len(lines)), EDGES):
            part = lines[start : start + EDGES]
            briefs = {parent: _brief(contents, parent, ids[parent]) for parent, _ in part}
            own = entity if start == 0 else _brief(contents, name, ids[name])
            if not done[-1].takes(name, own, briefs, part):
                done.append(_Document())
            done[-1].add(name, own, briefs, part)
    return tuple(document.text() for document in done)


class _Document(msgspec.Struct):
    """One document while it is filled."""

    entities: dict[QualifiedName, str] = msgspec.field(default_factory=dict)
    whole: set[QualifiedName] = msgspec.field(default_factory=set)
    lines: list[str] = msgspec.field(default_factory=list)

    def takes(
        self,
        name: QualifiedName,
        entity: str,
        briefs: Mapping[QualifiedName, str],
        lines: Sequence[tuple[QualifiedName, str]],
    ) -> bool:
        """Whether that table with its lines fits; into an empty document whatever there is must."""
        if not self.entities:
            return True
        more = {**briefs, name: entity}
        size = sum(len(text) for known, text in more.items() if known not in self.whole)
        size += sum(len(line) for _, line in lines)
        return len(self.text()) + size <= CHARACTERS and len(self.lines) + len(lines) <= EDGES

    def add(
        self,
        name: QualifiedName,
        entity: str,
        briefs: Mapping[QualifiedName, str],
        lines: Sequence[tuple[QualifiedName, str]],
    ) -> None:
        """That table with its lines; a table that stands here whole stays so."""
        for parent, brief_text in briefs.items():
            self.entities.setdefault(parent, brief_text)
        self.entities[name] = entity
        self.whole.add(name)
        self.lines += [line for _, line in lines]

    def text(self) -> str:
        return _HEAD + "".join(self.entities[name] for name in sorted(self.entities)) + "".join(self.lines)


def _together(contents: Contents) -> Iterator[QualifiedName]:
    """The tables in an order in which neighbours are near each other: from each table along its lines."""
    near: dict[QualifiedName, set[QualifiedName]] = {}
    for found in contents.relationships:
        near.setdefault(found.child, set()).add(found.parent)
        near.setdefault(found.parent, set()).add(found.child)
    shown = [found.qualified for found in contents.relations]
    waiting = dict.fromkeys(shown)
    for start in shown:
        queue = [start]
        for name in queue:
            if name in waiting:
                del waiting[name]
                yield name
                queue += [other for other in sorted(near.get(name, ())) if other in waiting]


def _ids(contents: Contents) -> dict[QualifiedName, str]:
    """A word of Mermaid's grammar for each table, no two alike; the schema in it keeps it from keywords."""
    names = sorted((*(found.qualified for found in contents.relations), *contents.outside))
    ids: dict[QualifiedName, str] = {}
    taken: set[str] = set()
    for name in names:
        word = _NO_WORD.sub("_", f"{name.schema}_{name.name}")
        word = word if word[:1].isalpha() else f"t{word}"
        number = 2
        unique = word
        while unique in taken:
            unique = f"{word}_{number}"
            number += 1
        taken.add(unique)
        ids[name] = unique
    return ids


def _string(text: str) -> str:
    return f'"{visible(text).translate(CODES).translate(_MARKUP)}"'


def _brief(contents: Contents, name: QualifiedName, identifier: str) -> str:
    return f"    {identifier}[{_string(contents.name(name))}]\n"


def _entity(contents: Contents, relation: Relation, identifier: str) -> str:
    """A table with its columns; a very long one without comments, or even without its last columns."""
    head = f"    {identifier}[{_string(contents.name(relation.qualified))}]"
    if not relation.columns:
        return head + "\n"
    found = contents.marks(relation)
    most = CHARACTERS // 2
    for commented in (True, False):
        rows = [_attribute(column, found.get(column.name, ()), commented) for column in relation.columns]
        if sum(map(len, rows)) <= most:
            break
    else:
        rows = list(_fitting(relation, rows, found, most))
    return f"{head} {{\n{''.join(rows)}    }}\n"


def _fitting(
    relation: Relation, rows: Sequence[str], found: Mapping[str, object], most: int
) -> Iterator[str]:
    size = 0
    order = sorted(range(len(rows)), key=lambda place: (relation.columns[place].name not in found, place))
    kept = set()
    for place in order:
        size += len(rows[place])
        if size > most:
            break
        kept.add(place)
    yield from (row for place, row in enumerate(rows) if place in kept)
    yield f"        and _{len(rows) - len(kept)}_more_columns\n"


def _attribute(column: Column, found: Iterable[str], commented: bool) -> str:
    name = _word(column.name, _NO_WORD)
    kind = column.type if column.type_name is not None else brief(column.type)
    parts = [_word(kind, _NO_TYPE), name]
    keys = ", ".join(found)
    if keys:
        parts.append(keys)
    said = [column.name] if name != column.name else []
    if commented and column.comment:
        said.append(cut(" ".join(column.comment.split()), _COMMENT))
    if said:
        parts.append(_string(": ".join(said)))
    return f"        {' '.join(parts)}\n"


def _word(text: str, other: re.Pattern[str]) -> str:
    """Text as a word of Mermaid's grammar: other characters become underscores."""
    word = other.sub("_", text)
    if not word[:1].isalpha():
        word = f"_{word}"
    return f"{word}_" if word.lower() in _KEYWORDS else word


def _line(found: Relationship, ids: Mapping[QualifiedName, str]) -> str:
    child = "}o" if found.many else "|o"
    parent = "o|" if found.optional else "||"
    middle = "--" if found.identifying else ".."
    label = _string(", ".join(found.key.columns))
    return f"    {ids[found.child]} {child}{middle}{parent} {ids[found.parent]} : {label}\n"
