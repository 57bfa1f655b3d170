"""What can be searched for, and previewed: every relation with its columns and indexes, and everything else.

The list is written as JSON that is short rather than readable, since a database has tens of thousands of
names: `{"relations": [[name, kind, comment, place, columns, indexes, schema], …],
"others": [[kind, name, about, place], …]}`. A column is `[name, type, marks]`, followed by its place where it
has a row of its own; an index is `[name]`, likewise. A place is an anchor on the page of the relation, or
`path#anchor` as seen from the front page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pgdossier.language import tr
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render import relation as about
from pgdossier.render.escaping import visible
from pgdossier.render.finished import Finished
from pgdossier.render.html.conversion import Heading, Rows
from pgdossier.render.html.words import word
from pgdossier.render.links import slug
from pgdossier.render.terms import term

_SHORT = 160  # characters of a comment that a preview shows

__all__ = ["entries", "finding_anchors", "row_anchors"]


def row_anchors(finished: Finished) -> dict[str, Rows]:
    """The anchors for the columns and indexes of every relation, by the anchor of its section."""
    found = {}
    for relation in about.documented(finished.analysis.lookup):
        anchor = finished.links.anchor(relation.qualified)
        stem = anchor.removeprefix("relation-")
        found[anchor] = Rows(
            columns={visible(one.name): f"column-{stem}.{slug(one.name)}" for one in relation.columns},
            indexes={visible(one.name): f"index-{stem}.{slug(one.name)}" for one in relation.indexes},
        )
    return found


def finding_anchors(finished: Finished) -> dict[str, str]:
    """The anchors for the rules with findings, by the name of the rule."""
    return {one.rule.name: f"finding-{one.rule.name}" for one in finished.reviewed.findings}


def entries(
    finished: Finished, headings: Mapping[str, tuple[Heading, ...]], places: Mapping[str, str]
) -> dict[str, Any]:
    """Everything that can be searched for.

    Args:
        finished: The document.
        headings: The headings of every page, by its path in HTML.
        places: Where each anchor stands: `path#anchor`, or `#anchor` where there is only one page.
    """
    relations = about.documented(finished.analysis.lookup)
    rows = row_anchors(finished)
    qualify = len(finished.analysis.described.structure.schemas) > 1
    return {
        "relations": [
            _relation(
                finished, relation, rows[finished.links.anchor(relation.qualified)], places, qualify=qualify
            )
            for relation in relations
        ],
        "others": [*_sections(headings, places), *_objects(finished, places), *_findings(finished, places)],
    }


def _relation(
    finished: Finished, relation: Relation, rows: Rows, places: Mapping[str, str], *, qualify: bool
) -> list[Any]:
    marks = about.column_marks(relation, finished.analysis)
    columns: list[Any] = []
    for column in relation.columns:
        own = marks[column.name]
        mark = " ".join(
            name
            for name, holds in (("PK", own.primary), ("UQ", own.unique), ("FK", bool(own.foreign)))
            if holds
        )
        anchor = rows.columns[visible(column.name)]
        columns.append(
            [visible(column.name), visible(column.type), mark, *([anchor] if anchor in places else [])]
        )
    indexes = [
        [visible(index.name), *([anchor] if (anchor := rows.indexes[visible(index.name)]) in places else [])]
        for index in relation.indexes
    ]
    comment = visible(" ".join((relation.comment or "").split()))
    return [
        _label(relation.qualified, qualify=qualify),
        term(relation.kind),
        comment if len(comment) <= _SHORT else f"{comment[:_SHORT].rstrip()}…",
        places.get(finished.links.anchor(relation.qualified), ""),
        columns,
        indexes,
        visible(relation.schema),
    ]


def _label(name: QualifiedName, *, qualify: bool) -> str:
    return visible(f"{name.schema}.{name.name}" if qualify else name.name)


def _sections(headings: Mapping[str, tuple[Heading, ...]], places: Mapping[str, str]) -> list[list[str]]:
    return [
        [word("section"), heading.text, heading.number, places[heading.anchor]]
        for page in headings.values()
        for heading in page
        if heading.anchor.startswith("section-")
    ]


def _objects(finished: Finished, places: Mapping[str, str]) -> list[list[str]]:
    structure = finished.analysis.described.structure
    found: list[list[str]] = []
    for routine in structure.routines:
        place = places.get(finished.links.routine_anchor(routine.identity))
        if place is not None:
            name = f"{routine.schema}.{routine.name}({routine.identity_arguments})"
            found.append([term(routine.kind), visible(name), _first(routine.comment), place])
    for family in (structure.enums, structure.domains, structure.composites, structure.ranges):
        for type_ in family:
            place = places.get(finished.links.type_anchor(QualifiedName(type_.schema, type_.name)))
            if place is not None:
                name = visible(f"{type_.schema}.{type_.name}")
                found.append([word("type"), name, _first(type_.comment), place])
    return found


def _first(comment: str | None) -> str:
    text = visible(" ".join((comment or "").split()))
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()}…"


def _findings(finished: Finished, places: Mapping[str, str]) -> list[list[str]]:
    anchors = finding_anchors(finished)
    return [
        [
            f"{word('finding')}: {term(one.severity)}",
            f"{tr(one.rule.title)} ({one.rule.name})",
            visible(one.subject.dotted),
            places[anchor],
        ]
        for one in finished.reviewed.findings
        if (anchor := anchors[one.rule.name]) in places
    ]
