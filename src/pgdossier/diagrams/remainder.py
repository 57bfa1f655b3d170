"""The box that names tables that have none of their own: no room is left, or the same is said of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pgdossier.diagrams.boxes import Url
from pgdossier.diagrams.chart import Box, Role, Row
from pgdossier.diagrams.lettering import counted, tooltip, visible
from pgdossier.language import number as written
from pgdossier.language import tr
from pgdossier.model.names import QualifiedName

MOST_NAMED = 40
"""Tables that it names; the others are counted."""


def box(
    number: int,
    names: Sequence[QualifiedName],
    *,
    home: str,
    url: Url,
    note: str = "",
    name: str = "",
    said: Mapping[QualifiedName, str] | None = None,
) -> Box:
    """That box.

    Args:
        number: Its number in the chart.
        names: The tables, in the order in which they are to be named.
        home: The schema that needs no mention.
        url: Where a table's section is.
        note: What is said of all of them.
        name: What stands for all of them; by default how many more there are.
        said: What is said of each, for its tooltip; by default its name.
    """
    rows = [
        Row(
            text=visible(one.name if one.schema == home else one.dotted),
            href=url(one),
            tooltip=tooltip((said or {}).get(one, one.dotted)),
        )
        for one in names[:MOST_NAMED]
    ]
    if len(names) > MOST_NAMED:
        others = ", ".join(one.dotted for one in names[MOST_NAMED:])
        rows.append(
            Row(
                text=tr("… and {count} others", count=written(len(names) - MOST_NAMED)),
                tooltip=tooltip(others),
            )
        )
    return Box(
        number=number,
        name=name or f"+ {counted(len(names), 'more table')}",
        role=Role.MORE,
        note=note,
        rows=tuple(rows),
    )
