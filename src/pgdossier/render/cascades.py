"""What deleting a row does elsewhere, in words (§5.3, and each table's section).

Templates call this module `reaching`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.cascades import Block, CascadeReach, Change, Refusal
from pgdossier.analysis.loading import Circle, Opening, Way
from pgdossier.diagrams import cascade
from pgdossier.language import mark, tr, trn
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render.escaping import code
from pgdossier.render.numbers import listed, some
from pgdossier.render.page import Page
from pgdossier.render.words import columns_words

MOST_NAMED = 30
"""Tables or foreign keys named for one effect; the others are counted."""

MOST_LISTED = 15
"""Tables listed on a front page that has a page for all of them."""


def far(analysis: Analysis) -> list[CascadeReach]:
    """The tables whose deletion deletes or changes other rows, the largest reach first."""
    found = [reach for reach in analysis.cascades if reach.far]
    return sorted(found, key=lambda reach: (*(-count for count in reach.size), reach.table))


def only_refused(analysis: Analysis) -> list[CascadeReach]:
    """The tables whose deletion can be refused, and does nothing else."""
    return [reach for reach in analysis.cascades if not reach.far and reach.blocked_by]


def of(relation: Relation, analysis: Analysis) -> CascadeReach | None:
    """The reach of one table, where it says more than its relationships do one by one."""
    found = analysis.inverse.reaches.get(relation.qualified)
    return found if found is not None and found.far else None


def refusal_sentence(analysis: Analysis) -> str:
    """How many tables refuse deletion while referenced, and do nothing else."""
    found = only_refused(analysis)
    late = sum(all(block.deferred for block in reach.blocked_by) for reach in found)
    if far(analysis):
        tables = trn(
            "{count} other table that is referenced", "{count} other tables that are referenced", len(found)
        )
    else:
        tables = trn("{count} table that is referenced", "{count} tables that are referenced", len(found))
    message = mark(
        "Deleting a row of the {tables} deletes and changes nothing else; it is refused while rows reference"
        " it."
    )
    if late == len(found):
        message = mark(
            "Deleting a row of the {tables} deletes and changes nothing else; it is refused while rows"
            " reference it – at the commit, since the foreign keys are checked then."
        )
    elif late:
        message = mark(
            "Deleting a row of the {tables} deletes and changes nothing else; it is refused while rows"
            " reference it – of {late} at the commit."
        )
    return tr(message, tables=tables, late=late)


def sentence(reach: CascadeReach, page: Page) -> str:
    """The whole reach: what goes, what becomes null or default, what refuses."""
    parts = []
    if reach.deletes:
        parts.append(tr("deletes up to: {tables}", tables=_tree(reach, page)))
    for default, message in (
        (False, mark("sets to null: {columns}")),
        (True, mark("sets to the default: {columns}")),
    ):
        changes = [change for change in reach.changes if change.to_default is default]
        if changes:
            parts.append(tr(message, columns=_list(changes, lambda change: _changed(change, page))))
    parts += _blocks(reach, page)
    if reach.heirs:
        heirs = _list(reach.heirs, page.relation)
        parts.append(
            tr("rows of {tables}, which inherit from it, go by foreign keys of their own", tables=heirs)
        )
    return "; ".join(parts)


def picture(reach: CascadeReach, page: Page) -> str:
    """The link to the diagram of a reach, in brackets; empty where there is none."""
    address = page.drawing("cascade", reach.table.schema, reach.table.name)
    return f" ({tr('[diagram]({address})', address=address)})" if address else ""


def undrawn_sentence(analysis: Analysis, page: Page) -> str:
    """How many reaches would be worth a diagram that the document has no room for; empty where none."""
    worth = [reach for reach in analysis.cascades if cascade.worth_drawing(reach)]
    more = len(worth) - len(cascade.of_document(analysis.cascades))
    if more <= 0 or not page.drawings.diagrams:
        return ""
    command = code("pgdossier diagram --cascade TABLE")
    return tr(
        "Drawn are the {count} largest; {command} draws any of the other {more}.",
        count=cascade.MOST_DRAWN,
        command=command,
        more=more,
    )


def _list(found: Sequence[object], shown: Callable[..., str]) -> str:
    names = [shown(one) for one in found[:MOST_NAMED]]
    return some(names, MOST_NAMED, len(found) - len(names))


def _tree(reach: CascadeReach, page: Page) -> str:
    """The tables that lose rows, each after the one that it goes with: `orders` → (`items`, `payments`)."""
    steps = {one.table: one.steps for one in reach.deletes} | {reach.table: 0}
    below: dict[QualifiedName, list[QualifiedName]] = {}
    shown = [one for one in reach.deletes if one.table != reach.table][:MOST_NAMED]
    notes: dict[QualifiedName, str] = {}
    for one in shown:
        nearest = min(one.through, key=lambda name: (steps[name], name))
        below.setdefault(nearest, []).append(one.table)
        others = [name for name in one.through if name not in (nearest, one.table)]
        if others:
            also = tr("also with {tables}", tables=listed([page.relation(name) for name in others]))
            notes[one.table] = f" ({also})"

    def branch(name: QualifiedName) -> str:
        text = f"{page.relation(name)}{notes.get(name, '')}"
        under = [branch(one) for one in below.get(name, ())]
        if len(under) > 1:
            return f"{text} → ({', '.join(under)})"
        return f"{text} → {under[0]}" if under else text

    written = [branch(name) for name in below.get(reach.table, ())]
    if reach.table in {one.table for one in reach.deletes}:
        written.insert(0, tr("other rows of its own"))
    more = sum(one.table != reach.table for one in reach.deletes) - len(shown)
    shown_tables = ", ".join(written)
    return (
        tr("{items} and rows of {count} more tables", items=shown_tables, count=more)
        if more
        else shown_tables
    )


def _changed(change: Change, page: Page) -> str:
    return f"{page.relation(change.relationship.child)} {columns_words(change.columns)}"


def _blocks(reach: CascadeReach, page: Page) -> list[str]:
    """Who refuses: the deletion itself first, then that of what goes with it, by table."""
    groups: dict[QualifiedName, list[Block]] = {}
    for block in reach.blocked_by:
        groups.setdefault(block.relationship.parent, []).append(block)
    parts = []
    for parent, blocks in sorted(groups.items(), key=lambda group: group[0] != reach.table):
        text = _list(blocks, lambda block: _block(block, reach.table, page))
        if parent == reach.table:
            parts.append(tr("is blocked by: {keys}", keys=text))
        elif blocks[0].by_update:
            parts.append(tr("changing {table} is blocked by: {keys}", table=page.relation(parent), keys=text))
        else:
            parts.append(
                tr("deleting its {table} is blocked by: {keys}", table=page.relation(parent), keys=text)
            )
    return parts


def _block(block: Block, start: QualifiedName, page: Page) -> str:
    key = block.relationship.key
    notes = {
        Refusal.RESTRICT: "RESTRICT",
        Refusal.NO_ACTION: tr("NO ACTION, at the commit") if block.deferred else "NO ACTION",
        Refusal.NOT_NULL: tr("cannot become null"),
        Refusal.UNKNOWN: tr("action not known"),
    }[block.refusal]
    if block.may_go:
        notes = tr("{reason}, but for rows that go first", reason=notes)
    child = page.relation(block.relationship.child)
    who = tr("other rows of its own") if block.relationship.child == start else child
    return f"{who} {columns_words(key.columns)} ({notes})"


# --- the order of tables -----------------------------------------------------------------------------


_WAYS = {
    Way.NOT_ENFORCED: mark("{key} is not enforced"),
    Way.INITIALLY_DEFERRED: mark("{key} is checked at the commit"),
    Way.NULL_FIRST: mark("{key} can be null at first and be filled in later"),
    Way.DEFERRABLE: mark("{key} can be deferred (SET CONSTRAINTS … DEFERRED)"),
}


def circle(found: Circle, page: Page) -> str:
    """A cycle and how to write its first rows."""
    path = " → ".join(page.relation(name) for name in (*found.tables, found.tables[0]))
    if not found.openings:
        return tr(
            "{path}: every step is mandatory and checked at once; the first rows need one"
            " statement that writes to all of these tables",
            path=path,
        )
    ways = [_opening(opening) for opening in found.openings]
    said = ways[0]
    for way in ways[1:]:
        said = tr("{way}; or {other}", way=said, other=way)
    return f"{path}: {said}"


def _opening(opening: Opening) -> str:
    """One foreign key that rows can do without at first, or all those between two tables."""
    by_way: dict[Way, list[str]] = {}
    for found, way in opening.ways:
        by_way.setdefault(way, []).append(columns_words(found.key.columns))
    said = ""
    for way, columns in by_way.items():
        keys = columns[0]
        for other in columns[1:]:
            keys = tr("{items} and {last}", items=keys, last=other)
        one = tr(_WAYS[way], key=f"{code(opening.child.name)} {keys}")
        said = tr("{items} and {last}", items=said, last=one) if said else one
    return said
