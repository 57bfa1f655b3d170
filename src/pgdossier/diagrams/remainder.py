"""The box that names the tables for which a diagram has no room."""

from __future__ import annotations

from collections.abc import Sequence

from pgdossier.diagrams.boxes import Url
from pgdossier.diagrams.chart import Box, Role, Row
from pgdossier.diagrams.lettering import counted, tooltip, visible
from pgdossier.model.names import QualifiedName

MOST_NAMED = 40
"""Tables that it names; the others are counted."""


def box(number: int, names: Sequence[QualifiedName], *, home: str, url: Url, note: str = "") -> Box:
    """That box.

    Args:
        number: Its number in the chart.
        names: The tables, in the order in which they are to be named.
        home: The schema that needs no mention.
        url: Where a table's section is.
        note: What is said of all of them.
    """
    rows = [
        Row(
            text=visible(name.name if name.schema == home else name.dotted),
            href=url(name),
            tooltip=visible(name.dotted),
        )
        for name in names[:MOST_NAMED]
    ]
    if len(names) > MOST_NAMED:
        others = ", ".join(name.dotted for name in names[MOST_NAMED:])
        rows.append(Row(text=f"… and {len(names) - MOST_NAMED:,} others", tooltip=tooltip(others)))
    return Box(
        number=number,
        name=f"+ {counted(len(names), 'more table')}",
        role=Role.MORE,
        note=note,
        rows=tuple(rows),
    )
