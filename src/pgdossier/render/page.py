"""What a template may ask of the page it renders: links from here, headings, authored blocks, diagrams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.analysis import Analysis
from pgdossier.authored import blocks
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.language import tr
from pgdossier.model.describable import Key
from pgdossier.model.names import QualifiedName, RoutineName, quote_identifier
from pgdossier.model.routines import Routine
from pgdossier.model.types import brief
from pgdossier.render.escaping import alternative, code, fenced, visible
from pgdossier.render.links import README, Links, folder_of, relative, section_anchor
from pgdossier.render.relation import COMMENTS
from pgdossier.render.sections import TITLES

# Marks the place of an authored text while a page is made. No text of a database holds this character.
PLACE = "\0"


class Drawings(msgspec.Struct, frozen=True, kw_only=True):
    """The diagrams of a document: all of them, and which of them Graphviz has drawn as SVG.

    Those that are not drawn are shown as Mermaid; `reason` says in one line why.
    """

    diagrams: Mapping[Subject, Diagram] = msgspec.field(default_factory=dict)
    drawn: frozenset[Subject] = frozenset()
    reason: str | None = None


class Linked(NamedTuple):
    """A link to a relation: the page that it leads to, and how it is written there and elsewhere."""

    path: str
    there: str
    elsewhere: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One Markdown file at `path` (relative to the output folder), and how to point elsewhere from it.

    `prompts` collects the authored blocks that the pages of one document have: their prompts by key. `marks`
    has the texts that are older than the last change of what they are about: its version, and what changed.
    `linked` keeps the links to relations for all pages of one folder.
    """

    path: str
    links: Links
    analysis: Analysis
    drawings: Drawings
    qualify: bool
    routines: frozenset[RoutineName]
    prompts: dict[str, str]
    marks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    linked: dict[QualifiedName, Linked] = field(default_factory=dict, repr=False, compare=False)

    def described_by(self, what: str, kind: str, *names: str) -> str:
        """Where the text about an object comes from: the database, unless the project describes it."""
        if Key(kind, names) in self.analysis.from_project:
            return tr("description from the project")
        return tr(COMMENTS[what])

    def label(self, name: QualifiedName) -> str:
        """A relation's name as people see it: with its schema where several are documented."""
        return name.dotted if self.qualify or name not in self.analysis.lookup.relations else name.name

    def relation(self, name: QualifiedName) -> str:
        """A relation's name, linked to its section (a partition's to its table's)."""
        known = self.linked.get(name)
        if known is None:
            known = self.linked[name] = self._link(name)
        path, there, elsewhere = known
        return there if path == self.path else elsewhere

    def _link(self, name: QualifiedName) -> Linked:
        shown, root = code(self.label(name)), tables.root(self.analysis.lookup, name)
        path = self.links.page_path(root)
        there, elsewhere = self.links.relation(root, path), self.links.relation(root, folder_of(self.path))
        return Linked(
            path,
            f"[{shown}]({there})" if there else shown,
            f"[{shown}]({elsewhere})" if elsewhere else shown,
        )

    def _address(self, name: QualifiedName) -> str | None:
        return self.links.relation(tables.root(self.analysis.lookup, name), self.path)

    def _front(self, anchor: str) -> str:
        return f"{'' if self.path == README else relative(README, self.path)}#{anchor}"

    def relations(self, names: Iterable[QualifiedName]) -> str:
        """Names of relations in a row, each linked to its section."""
        return ", ".join(map(self.relation, names))

    def name(self, name: QualifiedName) -> str:
        """The name of a type or sequence as code: with its schema where several are documented."""
        return code(name.dotted if self.qualify else name.name)

    def target(self, anchor: str) -> str:
        """An anchor that other places link to."""
        return f'<a id="{anchor}"></a>'

    def type(self, shown: str, name: QualifiedName | None) -> str:
        """A type as `format_type` prints it, linked when it is a documented user-defined type."""
        if name is None:
            return code(brief(shown))
        plain = shown if self.qualify else shown.removeprefix(f"{quote_identifier(name.schema)}.")
        if name in self.analysis.lookup.types:
            return f"[{code(plain)}]({self._front(self.links.type_anchor(name))})"
        address = self._address(name)
        return f"[{code(plain)}]({address})" if address else code(shown)

    def routine_label(self, routine: Routine) -> str:
        """A routine with its arguments, as code."""
        name = routine.qualified.dotted if self.qualify else routine.name
        return code(f"{name}({routine.arguments})")

    def routine(self, name: RoutineName) -> str:
        """A routine's name, linked to §3.3 when it is documented."""
        if name not in self.routines:
            return code(f"{name.schema}.{name.name}()")
        dotted = f"{name.schema}.{name.name}" if self.qualify else name.name
        shown = code(f"{dotted}({name.arguments})")
        return f"[{shown}]({self._front(self.links.routine_anchor(name))})"

    def file(self, path: str, label: str) -> str:
        """A link to another file of the output folder; the label is shown as code."""
        return f"[{code(label)}]({relative(path, self.path)})"

    def list(self, name: str) -> str:
        """A link to the page of a long list."""
        return tr(
            "[on a page of its own]({address})", address=relative(self.links.list_path(name), self.path)
        )

    def anchored(self, label: str, anchor: str) -> str:
        """A link to an anchor of the front page."""
        return f"[{label}]({self._front(anchor)})"

    def section(self, number: str) -> str:
        """A link to a numbered section: `[§5.3](#section-5.3)`."""
        return f"[§{number}]({self._front(section_anchor(number))})"

    def heading(self, number: str) -> str:
        """The anchor and heading line of a numbered section."""
        level = "##" if "." not in number else "###"
        separator = "." if "." not in number else ""
        return f'<a id="{section_anchor(number)}"></a>\n\n{level} {number}{separator} {tr(TITLES[number])}'

    def note(self, prompt: str, kind: str, *names: str) -> str:
        """An authored block; its text is put in after the page is tidied, so no byte of it changes.

        Args:
            prompt: What asks people to write, as the message that it is in English.
            kind: What the block is about; its key does not depend on the language.
            names: The names that identify it.
        """
        key = blocks.key(kind, *names)
        self.prompts[key] = blocks.prompt(tr(prompt))
        return self._mark(key) + blocks.block(key, f"{PLACE}{key}{PLACE}")

    def _mark(self, key: str) -> str:
        """A line before a block whose text should be looked at again."""
        if key not in self.marks:
            return ""
        version, what = self.marks[key]
        return "*{}*\n\n".format(
            tr(
                "Written before [revision {version}]({address}) ({change}).",
                version=version,
                address=self._front(section_anchor("13")),
                change=what,
            )
        )

    def parked(self, key: str) -> str:
        """The block of a text that has lost its place."""
        return blocks.block(key, f"{PLACE}{key}{PLACE}")

    def description(self, kind: str, schema: str = "", name: str = "") -> str:
        """What the diagram on that subject shows and leaves out; empty when there is none."""
        found = self.drawings.diagrams.get(Subject(kind, schema, name))
        return found.description if found else ""

    def drawing(self, kind: str, schema: str = "", name: str = "") -> str:
        """The address of the drawing on that subject; empty when there is none."""
        subject = Subject(kind, schema, name)
        if subject not in self.drawings.drawn:
            return ""
        return relative(self.links.diagram_path(subject), self.path)

    def diagram(self, kind: str, schema: str = "", name: str = "") -> str:
        """The diagram on that subject: a linked picture, else Mermaid blocks; empty when there is none."""
        subject = Subject(kind, schema, name)
        found = self.drawings.diagrams.get(subject)
        if found is None:
            return ""
        if subject in self.drawings.drawn:
            path = relative(self.links.diagram_path(subject), self.path)
            return f"[![{alternative(visible(found.title))}]({path})]({path})"
        return "\n\n".join(fenced(block, "mermaid") for block in found.mermaid)
