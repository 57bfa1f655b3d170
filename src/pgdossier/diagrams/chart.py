"""What a diagram shows, before it is written in any language: boxes with rows, and links between them."""

from __future__ import annotations

from enum import StrEnum

import msgspec
from msgspec import Struct

from pgdossier.model.names import QualifiedName


class Detail(StrEnum):
    """How much of a table its box shows."""

    COLUMNS = "columns"
    KEYS = "keys"
    NAMES = "names"


class Role(StrEnum):
    """What a box is in its diagram; decides how it is painted."""

    TABLE = "table"
    VIEW = "view"
    FOCUS = "focus"
    STUB = "stub"
    MORE = "more"


class Row(Struct, frozen=True, kw_only=True, gc=False):
    """One line of a box: a column, or (without `column`) a remark about columns that are not shown.

    `marks` are "PK", "FK", "UQ" in that order; `type` is empty where types are not shown; `target` names
    the table that a foreign key leads to when no line is drawn for it.
    """

    text: str
    column: str | None = None
    marks: tuple[str, ...] = ()
    type: str = ""
    required: bool = False
    target: str = ""
    href: str | None = None
    tooltip: str = ""


class Box(Struct, frozen=True, kw_only=True):
    """One box. `prefix` is the schema where the reader cannot know it; `note` stands after the name.

    `tint` is the position of its domain (or of its schema, where there are no domains) among all of the
    document, see `palette.of_domain`; None paints it as every other box of its role.
    """

    number: int
    name: str
    role: Role
    prefix: str = ""
    note: str = ""
    rows: tuple[Row, ...] = ()
    relation: QualifiedName | None = None
    href: str | None = None
    tooltip: str = ""
    tint: int | None = None


class Link(Struct, frozen=True, kw_only=True, gc=False):
    """One line from the referencing box (`child`) to the referenced one, by the boxes' numbers.

    `many`, `optional` and `identifying` are those of the relationship; `implied` lines stand for something
    that no single foreign key declares. `columns` names the referencing
    columns for readers; the line is tied to `child_column` and `parent_column` where those rows are shown.
    """

    child: int
    parent: int
    many: bool
    optional: bool
    identifying: bool
    child_column: str | None = None
    parent_column: str | None = None
    columns: str = ""
    tooltip: str = ""
    implied: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Boxes that stand together under one name: a schema, or an aggregate (`inner` of a schema, or alone).

    `boxes` are all of the group's, those of its inner groups included. `tint` is as in `Box`.
    """

    name: str
    boxes: tuple[int, ...]
    href: str | None = None
    inner: tuple[Group, ...] = ()
    aggregate: bool = False
    tint: int | None = None


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one diagram shows. Boxes and links are sorted; numbers are positions from 1.

    `columns` has the boxes of each column from left to right, where the layout is not left to the engine:
    then there are no groups.
    """

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    groups: tuple[Group, ...] = ()
    detail: Detail = Detail.COLUMNS
    columns: tuple[tuple[int, ...], ...] = ()
