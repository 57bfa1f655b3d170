"""Every path, anchor and link of the document.

A name becomes a file name or an anchor without loss when it is made of lower-case ASCII letters, digits and
underscores; any other name gets a hash of its exact bytes, so that two names never meet: not on a file
system that ignores case, not through `..` or `/`, not through a reserved device name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec

from pgdossier.diagrams.diagram import Subject
from pgdossier.model.names import QualifiedName, RoutineName

README = "README.md"
SCHEMA_SQL = "schema.sql"
SNAPSHOT = "snapshot.json"
HISTORY = "history.json"
DESCRIPTIONS = "descriptions.json"
VERIFICATION = "verification.json"
TRIALS = "trials.json"

_LOSSLESS = re.compile(r"[a-z0-9_]+\Z")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")
_OTHER = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=100_000)
def slug(name: str) -> str:
    """A name as part of a file name or anchor: ASCII, lower case, without a dot, unique for each name."""
    if _LOSSLESS.match(name) and not _RESERVED.match(name):
        return name
    readable = _OTHER.sub("_", name.lower()).strip("_")[:40]
    return f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:10]}"


def _stem(name: QualifiedName) -> str:
    return f"{slug(name.schema)}.{slug(name.name)}"


def domain_stem(name: str) -> str:
    """The name of a domain as part of a file name or anchor, unique for each name."""
    schema, dot, rest = name.partition(".")
    plain = all(_LOSSLESS.match(part) and not _RESERVED.match(part) for part in (schema, rest))
    return f"{schema}--{rest}" if dot and plain else slug(name)  # no slug has two hyphens


class Links(msgspec.Struct, frozen=True):
    """Where everything is, in one layout (`split`: one page for each relation).

    `domains` has the page and the anchor of each domain's section, by name.
    """

    split: bool
    relations: frozenset[QualifiedName]
    domains: Mapping[str, tuple[str, str]] = msgspec.field(default_factory=dict)

    def page_path(self, name: QualifiedName) -> str:
        """The page that describes the relation, relative to the output folder."""
        return f"tables/{_stem(name)}.md" if self.split else README

    def list_path(self, name: str) -> str:
        """The page of a list that is too long for the front page."""
        return f"{name}.md"

    def diagram_path(self, subject: Subject) -> str:
        """The SVG file of a diagram, relative to the output folder."""
        if subject.kind == "relation":
            return f"diagrams/{_stem(QualifiedName(subject.schema, subject.name))}.svg"
        if subject.kind == "cascade":
            # Two dots, of which no name of a relation's own diagram has more than one.
            return f"diagrams/cascade.{_stem(QualifiedName(subject.schema, subject.name))}.svg"
        if subject.kind == "schema":
            return f"diagrams/schema-{slug(subject.schema)}.svg"
        if subject.kind == "domain":
            return f"diagrams/domain-{domain_stem(subject.name)}.svg"
        return f"diagrams/{slug(subject.kind)}.svg"

    def anchor(self, name: QualifiedName) -> str:
        """The anchor of a relation's heading."""
        return f"relation-{_stem(name)}"

    def schema_anchor(self, name: str) -> str:
        """The anchor of a schema in §3.1."""
        return schema_anchor(name)

    def type_anchor(self, name: QualifiedName) -> str:
        """The anchor of a type in §3.2."""
        return f"type-{_stem(name)}"

    def routine_anchor(self, name: RoutineName) -> str:
        """The anchor of a routine in §3.3; overloads differ by their arguments."""
        stem = _stem(QualifiedName(name.schema, name.name))
        if not name.arguments:
            return f"routine-{stem}"
        return f"routine-{stem}-{hashlib.sha256(name.arguments.encode()).hexdigest()[:8]}"

    def relation(self, name: QualifiedName, page: str) -> str | None:
        """The address of a relation's section as seen from `page`; None when it is not documented."""
        if name not in self.relations:
            return None
        target = self.page_path(name)
        if target == page:
            return f"#{self.anchor(name)}"
        # A page of its own needs no anchor, and front pages with thousands of links stay a third smaller.
        return relative(target, page) + ("" if self.split else f"#{self.anchor(name)}")

    def domain(self, name: str, page: str) -> str | None:
        """The address of a domain's section as seen from `page`; None when it has none."""
        if name not in self.domains:
            return None
        path, anchor = self.domains[name]
        return f"#{anchor}" if path == page else f"{relative(path, page)}#{anchor}"

    def from_diagram(self, subject: Subject) -> Callable[[QualifiedName], str | None]:
        """A function that gives the address of a relation as seen from that diagram's SVG file."""
        here = self.diagram_path(subject)
        return lambda name: self.relation(name, here)


def schema_anchor(name: str) -> str:
    """The anchor of a schema in §3.1."""
    return f"schema-{slug(name)}"


def section_anchor(number: str) -> str:
    """The anchor of a numbered section: `section-5.1`."""
    return f"section-{number.lower()}"


def folder_of(page: str) -> str:
    """The folder of a page, with the slash at its end; links from there are those of all pages in it."""
    return page[: page.rfind("/") + 1]


def relative(target: str, page: str) -> str:
    """The path of `target` as seen from `page`, both relative to the output folder."""
    folder, inside, _ = page.rpartition("/")
    if not inside or target.startswith(folder + inside):
        return target[len(folder + inside) :]
    return _from(target, folder)


@lru_cache(maxsize=100_000)
def _from(target: str, folder: str) -> str:
    above, names = folder.split("/"), target.split("/")
    common = 0
    while common < min(len(above), len(names) - 1) and above[common] == names[common]:
        common += 1
    return "../" * (len(above) - common) + "/".join(names[common:])
