"""A relation as a box: which rows are shown, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache

from pgdossier.analysis.relationships import unique_alone
from pgdossier.diagrams import lettering
from pgdossier.diagrams.chart import Box, Detail, Role, Row
from pgdossier.diagrams.lettering import counted, cut, short_type, tooltip, visible
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.types import brief

Url = Callable[[QualifiedName], str | None]
"""Where a relation's own section is, relative to the file of the diagram; None where it has none."""

MOST_ROWS = 30
"""Rows that a box shows before columns that belong to no key are left out."""

_KEPT = 2_000  # relations: the same ones are shown again and again, but not by diagrams far apart
_TYPE_LENGTH = 32
_HEADER, _SIZE, _PADDING = 12.0, 11.0, 7.0
_WORDS_LENGTH = 44
_HEADER_HEIGHT, _ROW_HEIGHT = 25.0, 19.0

_NOTES = {
    RelationKind.VIEW: mark("view"),
    RelationKind.MATERIALIZED_VIEW: mark("materialized view"),
    RelationKind.FOREIGN_TABLE: mark("foreign table"),
}


def width(box: Box) -> float:
    """About how wide a box will be."""
    beside = lettering.width(f"{box.prefix}  {box.note}", _SIZE)
    header = lettering.width(box.name, _HEADER, bold=True) + beside
    places = (
        {" ".join(marks) for marks in {row.marks for row in box.rows}},
        {row.text for row in box.rows},
        {f"{row.type} → {row.target}".lstrip() if row.target else row.type for row in box.rows},
    )
    used = [texts for texts in places if any(texts)]
    rows = sum([max([lettering.width(text, _SIZE) for text in texts]) + _PADDING for texts in used])
    return max(header + _PADDING, rows)


def height(box: Box) -> float:
    """About how high a box will be."""
    return _HEADER_HEIGHT + _ROW_HEIGHT * len(box.rows)


def key_columns(relation: Relation) -> Mapping[str, tuple[str, ...]]:
    """The marks (PK, FK, UQ) of every column of that relation that is part of a key.

    What is only unique together with others has no mark for that, as in the list of columns.
    """
    unique = [key.columns for key in relation.unique_keys]
    unique += [
        tuple(key.column or "" for key in index.keys)
        for index in relation.indexes
        if index.unique and not index.primary and index.predicate is None
    ]
    families = (
        ("PK", [relation.primary_key.columns] if relation.primary_key else []),
        ("FK", [key.columns for key in relation.foreign_keys]),
        ("UQ", [unique_alone(relation)]),
    )
    marks: dict[str, list[str]] = {name: [] for columns in unique for name in columns if name}
    for sign, keys in families:
        for column in dict.fromkeys(name for columns in keys for name in columns):
            marks.setdefault(column, []).append(sign)
    return {column: tuple(found) for column, found in marks.items()}


class Shelf:
    """Makes the boxes of one document; what all boxes of a relation have in common is made once.

    Args:
        lookup: Finds partitions and the targets of foreign keys.
        url: Makes the links.
    """

    def __init__(self, lookup: Lookup, url: Url) -> None:
        self.lookup = lookup
        self.url = url
        self._shown = lru_cache(maxsize=_KEPT)(self._show)

    def _show(self, name: QualifiedName) -> _Shown:
        return _Shown(self.lookup.relations[name], self.lookup, self.url)

    def box(
        self,
        number: int,
        name: QualifiedName,
        *,
        detail: Detail,
        role: Role | None = None,
        home: str | None = None,
        only: Collection[str] | None = None,
        lead: Mapping[str, QualifiedName] | None = None,
        always: Collection[str] = (),
        note: str = "",
    ) -> Box:
        """The box of one relation.

        Args:
            number: The box's number in its chart.
            name: The relation, one of the lookup's.
            detail: How much it shows.
            role: How it is painted; by default by the relation's kind.
            home: The schema that needs no mention; None where every schema is mentioned elsewhere.
            only: With `Detail.KEYS`, the columns to show; by default all that are part of a key.
            lead: Foreign-key columns that are drawn without a line, and the table that each leads to.
            always: Columns that are shown however long the box gets, because lines end there.
            note: What else stands after the name.
        """
        shown = self._shown(name)
        return Box(
            number=number,
            name=shown.name,
            role=shown.role if role is None else role,
            prefix=shown.schema if home is not None and name.schema != home else "",
            note=f"{shown.note} · {note}" if shown.note and note else shown.note or note,
            rows=shown.rows(detail, only=only, lead=lead or {}, always=always),
            relation=name,
            href=shown.href,
            tooltip=shown.tooltip,
        )


class _Shown:
    """What boxes show of one relation."""

    def __init__(self, relation: Relation, lookup: Lookup, url: Url) -> None:
        is_view = relation.kind in (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)
        self.role = Role.VIEW if is_view else Role.TABLE
        self.name = visible(relation.name)
        self.schema = visible(relation.schema)
        self.note = _note(relation, lookup)
        self.href = url(relation.qualified)
        self.tooltip = tooltip(relation.comment)
        self._relation = relation
        self._url = url
        self._marks = key_columns(relation)
        self._targets = {
            column: key.target for key in reversed(relation.foreign_keys) for column in key.columns
        }
        self._keys: dict[str, Row] = {}

    def rows(
        self,
        detail: Detail,
        *,
        only: Collection[str] | None,
        lead: Mapping[str, QualifiedName],
        always: Collection[str],
    ) -> tuple[Row, ...]:
        """The rows of a box; arguments as for `Shelf.box`."""
        if detail is Detail.NAMES:
            hubs = visible(", ".join(dict.fromkeys(target.name for target in lead.values())))
            return (Row(text=f"→ {cut(hubs, _WORDS_LENGTH)}", tooltip=tooltip(f"→ {hubs}")),) if hubs else ()
        columns = self._relation.columns
        if detail is Detail.KEYS:
            keep = self._marks if only is None else only
            return tuple([self._key(column, lead) for column in columns if column.name in keep])
        if len(columns) <= MOST_ROWS:
            return tuple([self._row(column, lead, typed=True) for column in columns])
        kept = self._kept(always)
        rows = [self._row(column, lead, typed=True) for column in columns if column.name in kept]
        hidden = [column.name for column in columns if column.name not in kept]
        text = f"… {counted(len(hidden), 'more column')}"
        return (*rows, Row(text=text, tooltip=tooltip(", ".join(hidden)))) if hidden else tuple(rows)

    def _kept(self, always: Collection[str]) -> set[str]:
        """The columns that a box shows in which there is no room for all: the keys and the first others."""
        names = [column.name for column in self._relation.columns]
        keep = {name for name in names if name in self._marks or name in always}
        room = max(0, MOST_ROWS - 1 - len(keep))
        return keep | set([name for name in names if name not in keep][:room])

    def _key(self, column: Column, lead: Mapping[str, QualifiedName]) -> Row:
        """The row of a box that shows no types."""
        if column.name in lead:
            return self._row(column, lead, typed=False)
        found = self._keys.get(column.name)
        if found is None:
            found = self._keys[column.name] = self._row(column, {}, typed=False)
        return found

    def _row(self, column: Column, lead: Mapping[str, QualifiedName], *, typed: bool) -> Row:
        target = self._targets.get(column.name)
        return Row(
            text=visible(column.name),
            column=column.name,
            marks=self._marks.get(column.name, ()),
            type=cut(short_type(column, self._relation.schema), _TYPE_LENGTH) if typed else "",
            required=typed and not column.nullable,
            target=visible(lead[column.name].name) if column.name in lead else "",
            href=None if target is None else self._url(target),
            tooltip=_row_tooltip(column, target, typed=typed),
        )


def _note(relation: Relation, lookup: Lookup) -> str:
    partitions = lookup.partitions.get(relation.qualified, ())
    if partitions:
        return counted(len(partitions), "partition")
    return tr(_NOTES[relation.kind]) if relation.kind in _NOTES else ""


def _row_tooltip(column: Column, target: QualifiedName | None, *, typed: bool) -> str:
    """What the row itself does not say: nothing, where it shows a type in full and there is nothing else."""
    if typed and target is None and not column.comment and len(brief(column.type)) <= _TYPE_LENGTH:
        return ""
    text = f"{column.name} {column.type}"
    if not column.nullable:
        text += f" · {tr('not null')}"
    if target is not None:
        text += f" · → {target.dotted}"
    return tooltip(f"{text}: {column.comment}" if column.comment else text)
