"""The lines between tables: a foreign key as a link, the columns at its ends, tables outside the snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams.chart import Box, Link, Role
from pgdossier.diagrams.lettering import tooltip, visible
from pgdossier.language import tr
from pgdossier.model.names import QualifiedName


def ends(links: Iterable[Relationship]) -> dict[QualifiedName, set[str]]:
    """The columns at which lines start and end, by table."""
    found_at: dict[QualifiedName, set[str]] = {}
    for found in links:
        found_at.setdefault(found.child, set()).update(found.key.columns)
        found_at.setdefault(found.parent, set()).update(found.key.target_columns)
    return found_at


def unknown(number: int, name: QualifiedName, home: str | None) -> Box:
    """A table outside the snapshot: only its name is known."""
    return Box(
        number=number,
        name=visible(name.name),
        role=Role.STUB,
        prefix=visible(name.schema) if name.schema != home else "",
        note=tr("not documented"),
    )


def link(found: Relationship, numbers: Mapping[QualifiedName, int]) -> Link:
    """That relationship as a line between the boxes of those numbers."""
    columns = visible(", ".join(found.key.columns))
    targets = visible(", ".join(found.key.target_columns))
    what = tr("no foreign key") if found.assumed else found.key.name
    text = f"{what}: {found.child.name} ({columns}) → {found.parent.name} ({targets})"
    return Link(
        child=numbers[found.child],
        parent=numbers[found.parent],
        many=found.many,
        optional=found.optional,
        identifying=found.identifying,
        child_column=found.key.columns[0] if found.key.columns else None,
        parent_column=found.key.target_columns[0] if found.key.target_columns else None,
        columns=columns,
        tooltip=tooltip(text),
        implied=found.assumed,
    )
