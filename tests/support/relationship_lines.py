"""Everything that is said about the relationships of a database, a line for each, without links.

For lists that are checked in: a line begins with what it is about, then the rule's result, then the sentence
as the document has it.
"""

from __future__ import annotations

import re

from pgdossier.analysis import Analysis
from pgdossier.render import markdown, relationship_sentences, sentences, words
from pgdossier.render.page import Drawings, Page

_LINK = re.compile(r"\[(`+[^`]*`+)\]\([^()]*\)")


def page_of(analysis: Analysis) -> Page:
    """A page of a document in one piece."""
    return Page(
        path="README.md",
        links=markdown.links_for(analysis, split=False),
        analysis=analysis,
        drawings=Drawings(),
        qualify=len({relation.schema for relation in analysis.snapshot.structure.relations}) > 1,
        routines=frozenset(),
        prompts={},
    )


def lines(analysis: Analysis) -> list[str]:
    """One line for each relationship, junction and whatever else §5.2 tells, in its order."""
    page = page_of(analysis)
    label = page.label
    found = []
    for one in analysis.relationships:
        ends = f"{label(one.child)}({', '.join(one.key.columns)}) -> {label(one.parent)}"
        said = sentences.relationship(one, page)
        found.append(f"{ends} | {words.kind(one)} | {words.cardinality(one)} | {said}")
    for junction in analysis.junctions:
        joined = ", ".join(f"{label(end.parent)}({', '.join(end.key.columns)})" for end in junction.ends)
        payload = f" | holds {', '.join(junction.payload)}" if junction.payload else ""
        kind = relationship_sentences.junction_kind(junction)
        said = relationship_sentences.junction(junction, page)
        found.append(f"{label(junction.table)} | {kind} | {joined} | {junction.rule}{payload} | {said}")
    for title, said_lines in (
        (
            "identifying",
            [relationship_sentences.identifying(*one, page) for one in relationship_sentences.weak(analysis)],
        ),
        ("self", [relationship_sentences.self_reference(one, page) for one in analysis.self_references]),
        ("inherits", [relationship_sentences.inheriting(one, page) for one in analysis.inheriting]),
        ("shared key", [relationship_sentences.shared_key(one, page) for one in analysis.shared_keys]),
        ("arc", [relationship_sentences.arc(one, page) for one in analysis.arcs]),
        ("polymorphic", [relationship_sentences.polymorphic(one, page) for one in analysis.polymorphic]),
        ("lookup", [relationship_sentences.reference_table(one, page) for one in analysis.reference_tables]),
        ("declared", [relationship_sentences.declared(one, page) for one in analysis.declared.found]),
        ("implied", [relationship_sentences.implied(one, page) for one in analysis.implied]),
    ):
        found += [f"{title} | {said}" for said in said_lines]
    return [_LINK.sub(r"\1", line).replace("`", "") for line in found]
