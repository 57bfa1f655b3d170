"""What a diagram is before it is drawn: what it is about, its text for readers, its sources."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What a diagram is about; the file name is made from it elsewhere.

    `kind` is "overview", "roles" (nothing else is set), "schema" (`schema` is set), "relation" or "cascade"
    (both are), or "domain" (`name` is the domain's).
    """

    kind: str
    schema: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """One diagram, ready to be drawn by Graphviz or shown by whatever draws Mermaid.

    Attributes:
        subject: What it is about.
        title: A short name, for `<title>` and alternative text ("sales.orders and its neighbours").
        description: One or two sentences that say what it shows, for `<desc>`.
        dot: The Graphviz source.
        mermaid: The same as Mermaid `erDiagram` blocks, each within GitHub's limits of 50,000 characters
            and 500 edges; of maps, cascades, roles and servers, as one `flowchart`.
        boxes: How many boxes the source draws.
        edges: How many edges a reader must see; a drawing with fewer is wrong.
        legend: Which signs a legend under the drawing explains, by their names in `legend`.
    """

    subject: Subject
    title: str
    description: str
    dot: str
    mermaid: tuple[str, ...]
    boxes: int
    edges: int
    legend: tuple[str, ...] = ()
