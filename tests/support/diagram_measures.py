"""Write docs/diagram-measures.md: `python -m tests.support.diagram_measures [--snapshots DIR]`.

How legible the diagrams of the corpus are, measured in the finished drawings and compared with what Graphviz
makes of a whole schema when nobody chooses what to show. A test says when the page is out of date.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from pgdossier.analysis import Analysis, analyse, tables
from pgdossier.config import Config, Diagrams
from pgdossier.diagrams import graphviz, svg
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline import documents
from pgdossier.progress import SILENT
from tests.support import geometry
from tests.support.geometry import Picture
from tests.support.rule_corpus import snapshots

PAGE = Path(__file__).parents[2] / "docs" / "diagram-measures.md"

LEGIBLE = 9.0
"""Pixels that the text of a diagram has at least on a page 900 pixels wide."""

_OF_THE_SERVER = (
    "topology",
    "roles",
)  # roles and standbys belong to the machine that the corpus is loaded on
_ONE_BY_ONE = ("relation", "cascade")  # kinds of which there is one diagram for each table: only summed up
_NOWHERE = Path("no-such-folder")
_TIMEOUT = 120.0


@dataclass(frozen=True)
class Measured:
    """The diagrams of one database, the drawing of each, and the plain drawing of everything."""

    diagrams: Mapping[Subject, Diagram]
    drawn: Mapping[Subject, bytes]
    pictures: Mapping[Subject, Picture]
    warnings: tuple[str, ...]


def measure(snapshot: Snapshot) -> Measured:
    """Have all diagrams of a database drawn, those about its server left out, and measure them."""
    config = Config(output=_NOWHERE, diagrams=Diagrams(timeout=_TIMEOUT))
    with documents.Diagrams(analyse(snapshot), config) as drawing:
        found = drawing.finish(SILENT)
    kept = {subject: drawing for subject, drawing in found.svgs.items() if subject.kind not in _OF_THE_SERVER}
    return Measured(
        diagrams=found.drawings.diagrams,
        drawn=kept,
        pictures={subject: geometry.read(drawing) for subject, drawing in kept.items()},
        warnings=found.warnings,
    )


def plain(analysis: Analysis) -> Picture:
    """All tables with all columns in one drawing, as Graphviz lays it out by default."""
    shown = list(tables.tables(analysis.lookup))
    numbers = {relation.qualified: number for number, relation in enumerate(shown)}
    lines = ["digraph plain {", "node [shape=plain fontname=Arial]"]
    for relation in shown:
        rows = [f"<TR><TD><B>{escape(relation.qualified.dotted)}</B></TD></TR>"]
        rows += [
            f'<TR><TD ALIGN="LEFT">{escape(f"{column.name} {column.type}")}</TD></TR>'
            for column in relation.columns
        ]
        label = f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0">{"".join(rows)}</TABLE>'
        lines.append(f"{numbers[relation.qualified]} [label=<{label}>]")
    edges = [
        f"{numbers[found.child]} -> {numbers[found.parent]}"
        for found in analysis.drawn
        if not found.assumed and found.child in numbers and found.parent in numbers
    ]
    source = "\n".join([*lines, *edges, "}", ""])
    answer = subprocess.run(
        [graphviz.find_engine(None).executable, "-Tsvg"],
        input=source.encode(),
        capture_output=True,
        timeout=_TIMEOUT,
        check=True,
    )
    return geometry.read(svg.finish(svg.parse(answer.stdout), title="plain", description="all of it"))


_INTRODUCTION = """\
# How legible the diagrams are

<!-- Made by `python -m tests.support.diagram_measures`. -->

Measured in the finished drawings of six real schemas, each as a page {page} pixels wide shows it. In all of
them no text leaves its box, no boxes overlap, no label covers a box: tests hold that.

- *font*: pixels of the text that most of a diagram is written in; *smallest*: of its smallest text
- *crossings*: where two lines cross, but for those that are about to meet at one end
- *through*: where a line runs through a box that it has nothing to do with
- *length*: of a line on average, in diagonals of its drawing
- *boxes filled*: the share of the paper that boxes take

"""


def page(found: Mapping[str, Measured], plain_ones: Mapping[str, Picture]) -> str:
    """The page, with the measures of each database and its plain drawing."""
    parts = [_INTRODUCTION.format(page=geometry.PAGE)]
    parts.append(
        "## A whole schema at once, and instead\n\n"
        "*Plain* is one drawing by `dot` with its default settings: every table with every column, every"
        " foreign key. Below it the diagram of that database that leads to all others.\n\n"
    )
    rows = []
    for name, measured in found.items():
        rows.append((name, "plain", *_measures([plain_ones[name]])))
        rows.append((name, "overview", *_measures([measured.pictures[Subject("overview")]])))
    parts.append(_table(("database", "drawing", *_MEASURES), rows))
    parts.append("\n## All diagrams, by kind\n\nSums for counts, the worst of all for the others.\n\n")
    rows = []
    for name, measured in found.items():
        for kind in sorted({subject.kind for subject in measured.pictures}):
            ones = [one for subject, one in measured.pictures.items() if subject.kind == kind]
            rows.append((name, kind, f"{len(ones)}", *_measures(ones)))
    parts.append(_table(("database", "kind", "diagrams", *_MEASURES), rows))
    parts.append("\n## Diagrams of many tables, one by one\n\n")
    rows = [
        (name, " ".join(filter(None, (subject.kind, subject.schema, subject.name))), *_measures([picture]))
        for name, measured in found.items()
        for subject, picture in sorted(measured.pictures.items())
        if subject.kind not in _ONE_BY_ONE
    ]
    parts.append(_table(("database", "diagram", *_MEASURES), rows))
    return "".join(parts)


_MEASURES = (
    "boxes",
    "lines",
    "pixels",
    "font",
    "smallest",
    "crossings",
    "through",
    "length",
    "boxes filled",
    "KB",
)


def _measures(pictures: Sequence[Picture]) -> tuple[str, ...]:
    """What the columns of `_MEASURES` say of these drawings."""
    largest = max(pictures, key=lambda one: one.width * one.height)
    lines = sum(len(one.lines) for one in pictures)
    length = sum(one.mean_length * len(one.lines) for one in pictures)
    return (
        f"{sum(len(one.boxes) for one in pictures):,}",
        f"{lines:,}",
        f"{largest.width * largest.scale:.0f} by {largest.height * largest.scale:,.0f}",
        f"{min(one.font for one in pictures):.1f}",
        f"{min(one.smallest_font for one in pictures):.1f}",
        f"{sum(one.crossings for one in pictures):,}",
        f"{sum(one.crossed_boxes for one in pictures):,}",
        f"{length / lines:.2f}" if lines else "–",
        f"{min(one.ink for one in pictures):.0%}",
        f"{sum(one.bytes for one in pictures) / 1000:,.0f}",
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|---|---|{'--:|' * (len(head) - 2)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshots", type=Path)
    read = snapshots(parser.parse_args().snapshots)
    found = {name: measure(snapshot) for name, snapshot in read.items()}
    PAGE.write_text(
        page(found, {name: plain(analyse(snapshot)) for name, snapshot in read.items()}), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
