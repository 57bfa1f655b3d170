"""Tables outside a diagram that its tables reference: as many as there is room for, the others together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams.boxes import Url
from pgdossier.diagrams.chart import Box, Role, Row
from pgdossier.diagrams.lettering import counted, tooltip, visible
from pgdossier.language import number as written
from pgdossier.language import tr
from pgdossier.model.names import QualifiedName

Home = Callable[[QualifiedName], str]
"""What the group of tables is called that a table belongs to: its domain, else its schema."""

_NAMED = 5  # tables that a box for several names


class Fold(msgspec.Struct, frozen=True):
    """Tables that share a box."""

    label: str
    tables: tuple[QualifiedName, ...]


class Stubs(msgspec.Struct, frozen=True):
    """What is drawn of the tables outside: some by themselves, some in groups, some in words only."""

    single: frozenset[QualifiedName]
    folds: tuple[Fold, ...]
    words: frozenset[QualifiedName]


def choose(lines: Iterable[Relationship], inside: frozenset[QualifiedName], room: int, home: Home) -> Stubs:
    """The tables outside that those lines lead to, in at most `room` boxes.

    Those of the group that has most of them share a box first; where groups are too many, the small ones do.

    Args:
        lines: The relationships that are drawn as lines.
        inside: The tables of the diagram.
        room: How many boxes there may be.
        home: Names the groups.
    """
    outside = sorted({one.parent for one in lines} - inside)
    if room <= 0:
        return Stubs(frozenset(), (), frozenset(outside))
    groups: dict[str, list[QualifiedName]] = {}
    for name in outside:
        groups.setdefault(home(name), []).append(name)
    ordered = sorted(groups, key=lambda label: (-len(groups[label]), label))
    if len(ordered) > room:
        rest = ordered[room - 1 :]
        ordered = ordered[: room - 1]
        label = counted(len(rest), "other group") if len(rest) > 1 else rest[0]
        groups[label] = sorted(name for one in rest for name in groups[one])
        together = [*ordered, label]
    else:
        together = []
        while len(together) + sum(len(groups[label]) for label in ordered[len(together) :]) > room:
            together.append(ordered[len(together)])
    folds = tuple(Fold(label, tuple(groups[label])) for label in together if len(groups[label]) > 1)
    folded = {name for fold in folds for name in fold.tables}
    return Stubs(frozenset(outside) - folded, folds, frozenset())


def box(number: int, fold: Fold, url: Url) -> Box:
    """The box that stands for several tables; it names the first of them."""
    names = [name.name for name in fold.tables]
    rows = [
        Row(text=visible(name.name), href=url(name), tooltip=visible(name.dotted))
        for name in fold.tables[: _NAMED if len(names) > _NAMED + 1 else _NAMED + 1]
    ]
    if len(rows) < len(names):
        rest = ", ".join(names[len(rows) :])
        rows.append(
            Row(text=tr("… and {count} others", count=written(len(names) - len(rows))), tooltip=tooltip(rest))
        )
    return Box(
        number=number,
        name=tr("{tables} of {group}", tables=counted(len(names), "table"), group=visible(fold.label)),
        role=Role.MORE,
        rows=tuple(rows),
    )


def touched_from_outside(inside: frozenset[QualifiedName], graph: Graph) -> Mapping[QualifiedName, int]:
    """How many tables outside reference each table inside, of those that some do."""
    counts = {
        name: len({one.child for one in graph.children_of(name) if not one.assumed} - inside)
        for name in inside
    }
    return {name: count for name, count in counts.items() if count}
