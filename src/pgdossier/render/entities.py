"""What tables stand for, in words (§3.1, and each table's section). Templates call this module `entities`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pgdossier.analysis import tables
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.entities import Aggregate, Kind, Part
from pgdossier.language import mark, tr, trn
from pgdossier.language.counts import counted
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.types import Composite, Domain
from pgdossier.render.escaping import code, inline
from pgdossier.render.numbers import listed, some
from pgdossier.render.page import Page
from pgdossier.render.terms import opening, term

MOST_NAMED = 40
"""Tables of one kind that are named; the others are counted."""

_FEW = 3

_MEANINGS = {
    Kind.AGGREGATE_ROOT: mark("stands for itself, and rows of other tables are part of its rows"),
    Kind.ENTITY: mark("stands for itself"),
    Kind.AGGREGATE_PART: mark("exists only as part of a row of its owner, and is referenced by others"),
    Kind.COLLECTION: mark("exists only as part of a row of its owner, and nothing references it"),
    Kind.VALUE_OBJECT: mark("at most one for each row of its owner, under the owner's key"),
    Kind.ASSOCIATION: mark("joins rows of others; its key is made of foreign keys"),
    Kind.ENUM: mark("a list of values to choose from"),
    Kind.LOG: mark("records what happened"),
    Kind.QUEUE: mark("work that waits"),
    Kind.BOOKKEEPING: mark("kept by a tool for itself"),
}
_PLURALS = {Kind.ENTITY: "entities", Kind.BOOKKEEPING: "bookkeeping tables"}


def kinds(analysis: Analysis) -> list[tuple[Kind, str, list[QualifiedName]]]:
    """Each kind that occurs, what it means, and its tables."""
    found = analysis.entities
    rows = [
        (kind, tr(meaning), [one.table for one in found.of_kind(kind)]) for kind, meaning in _MEANINGS.items()
    ]
    return [row for row in rows if row[2]]


def line(relation: Relation, analysis: Analysis, page: Page) -> str:
    """What one table stands for and why, empty where there is nothing to say."""
    found = analysis.entities.tables.get(relation.qualified)
    if found is None:
        return ""
    kind = f"**{opening(term(found.kind))}**"
    if found.owner is not None:
        kind = tr("{kind} of {table}", kind=kind, table=page.relation(found.owner))
    return f"{kind} – {inline(found.reason)}"


def aggregate(found: Aggregate, page: Page) -> str:
    """A root and its parts: `orders` → `order_items`, `shipments` (→ `parcels`)."""
    below: dict[QualifiedName, list[Part]] = {}
    for part in found.parts:
        below.setdefault(part.owner, []).append(part)

    def branch(part: Part) -> str:
        under = below.get(part.table, ())
        inner = f" (→ {', '.join(branch(one) for one in under)})" if under else ""
        return f"{page.relation(part.table)}{inner}"

    return f"{page.relation(found.root)} → {', '.join(branch(part) for part in below[found.root])}"


def names(found: Sequence[QualifiedName], page: Page, most: int = MOST_NAMED) -> str:
    """Tables in a row, the first of them by name and the others counted."""
    shown = [page.relation(name) for name in found[:most]]
    return some(shown, most, len(found) - len(shown))


def schemas(analysis: Analysis, page: Page) -> Mapping[str, str]:
    """A paragraph on the tables of each schema: kinds, what it is about, what stands alone, whom it needs."""
    found = _by_schema(one.table for one in analysis.entities.tables.values())
    around = _by_schema(one.table for one in analysis.entities.key_entities)
    alone = _by_schema(analysis.isolated)
    circles = Counter(name for cycle in analysis.cycles for name in {one.schema for one in cycle})
    keys = Counter((one.child.schema, one.parent.schema) for one in analysis.relationships)
    told = {}
    for name, members in found.items():
        counts = Counter(analysis.entities.tables[one].kind for one in members)
        said = [_counted(counts[kind], kind) for kind in _MEANINGS if counts[kind]]
        sentences = [f"{opening(counted(len(members), 'table'))}: {listed(said)}."]
        if name in around:
            turning = listed([page.relation(one) for one in around[name]])
            sentences.append(tr("It turns on {tables}.", tables=turning))
        if name in alone:
            sentences.append(tr("Without any foreign key: {tables}.", tables=names(alone[name], page)))
        if circles[name]:
            sentences.append(
                trn("{count} cycle of foreign keys.", "{count} cycles of foreign keys.", circles[name])
            )
        sentences += _neighbours(name, keys)
        told[name] = " ".join(sentences)
    return told


def _by_schema(names: Iterable[QualifiedName]) -> dict[str, list[QualifiedName]]:
    found: dict[str, list[QualifiedName]] = {}
    for name in names:
        found.setdefault(name.schema, []).append(name)
    return found


def _counted(count: int, kind: Kind) -> str:
    singular = "bookkeeping table" if kind is Kind.BOOKKEEPING else str(kind)
    return counted(count, singular, _PLURALS.get(kind))


def _neighbours(name: str, keys: Mapping[tuple[str, str], int]) -> Iterable[str]:
    """To and from which schemas foreign keys lead; `keys` counts them by the schemas of child and parent."""
    to = {parent: count for (child, parent), count in keys.items() if child == name != parent}
    by = {child: count for (child, parent), count in keys.items() if parent == name != child}
    for message, counts in ((mark("References {schemas}."), to), (mark("Is referenced by {schemas}."), by)):
        others = sorted(counts, key=lambda one: (-counts[one], one))
        if others:
            shown = [f"{code(other)} ({counted(counts[other], 'foreign key')})" for other in others]
            yield tr(message, schemas=listed(shown))


def value_types(analysis: Analysis, page: Page) -> list[str]:
    """The types whose values are more than one plain value, or checked ones, with the columns they have."""
    lines = []
    for label, kind in ((tr("Composite types"), Composite), (tr("Domains"), Domain)):
        found = [
            f"{page.type(name.sql, name)} ({counted(len(analysis.inverse.type_users[name]), 'column')})"
            for name, made in sorted(analysis.lookup.types.items())
            if isinstance(made, kind) and name in analysis.inverse.type_users
        ]
        if found:
            lines.append(f"{label}: {', '.join(found)}")
    documents: dict[str, list[QualifiedName]] = {}
    for relation in tables.tables(analysis.lookup):
        for column in relation.columns:
            if tables.base_type(analysis.lookup, column) in ("json", "jsonb", "xml"):
                documents.setdefault(column.name, []).append(relation.qualified)
    if documents:
        shown = [
            tr(
                "{column} of {tables}",
                column=code(column),
                tables=names(holders, page) if len(holders) <= _FEW else counted(len(holders), "table"),
            )
            for column, holders in sorted(documents.items(), key=lambda item: (-len(item[1]), item[0]))
        ]
        more = len(shown) - MOST_NAMED
        cut = [*shown[:MOST_NAMED], tr("and {count} more", count=more)] if more > 0 else shown
        lines.append(tr("Documents (JSON, XML): {columns}", columns="; ".join(cut)))
    return lines
