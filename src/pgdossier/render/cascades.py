"""What deleting a row does elsewhere, in words (§5.3, and each table's section).

Templates call this module `reaching`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.cascades import Block, CascadeReach, Change, Refusal
from pgdossier.analysis.loading import Circle, Opening, Way
from pgdossier.diagrams import cascade
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render.escaping import code
from pgdossier.render.numbers import counted, listed
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
    others = "other " if far(analysis) else ""
    late = sum(all(block.deferred for block in reach.blocked_by) for reach in found)
    if late == len(found):
        when = " – at the commit, since the foreign keys are checked then"
    elif late:
        when = f" – of {late} at the commit"
    else:
        when = ""
    tables = f"{counted(len(found), f'{others}table')} that {'is' if len(found) == 1 else 'are'} referenced"
    return (
        f"Deleting a row of the {tables} deletes and changes nothing else;"
        f" it is refused while rows reference it{when}."
    )


def sentence(reach: CascadeReach, page: Page) -> str:
    """The whole reach: what goes, what becomes null or default, what refuses."""
    parts = []
    if reach.deletes:
        parts.append(f"deletes up to: {_tree(reach, page)}")
    for default, effect in ((False, "sets to null"), (True, "sets to the default")):
        changes = [change for change in reach.changes if change.to_default is default]
        if changes:
            parts.append(f"{effect}: {_list(changes, lambda change: _changed(change, page))}")
    parts += _blocks(reach, page)
    if reach.heirs:
        heirs = _list(reach.heirs, page.relation)
        parts.append(f"rows of {heirs}, which inherit from it, go by foreign keys of their own")
    return "; ".join(parts)


def picture(reach: CascadeReach, page: Page) -> str:
    """The link to the diagram of a reach, in brackets; empty where there is none."""
    address = page.drawing("cascade", reach.table.schema, reach.table.name)
    return f" ([diagram]({address}))" if address else ""


def undrawn_sentence(analysis: Analysis, page: Page) -> str:
    """How many reaches would be worth a diagram that the document has no room for; empty where none."""
    worth = [reach for reach in analysis.cascades if cascade.worth_drawing(reach)]
    more = len(worth) - len(cascade.of_document(analysis.cascades))
    if more <= 0 or not page.drawings.diagrams:
        return ""
    command = code("pgdossier diagram --cascade TABLE")
    return f"Drawn are the {cascade.MOST_DRAWN} largest; {command} draws any of the other {more}."


def _list(found: Sequence[object], shown: Callable[..., str]) -> str:
    names = [shown(one) for one in found[:MOST_NAMED]]
    more = len(found) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


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
            notes[one.table] = f" (also with {listed([page.relation(name) for name in others])})"

    def branch(name: QualifiedName) -> str:
        text = f"{page.relation(name)}{notes.get(name, '')}"
        under = [branch(one) for one in below.get(name, ())]
        if len(under) > 1:
            return f"{text} → ({', '.join(under)})"
        return f"{text} → {under[0]}" if under else text

    written = [branch(name) for name in below.get(reach.table, ())]
    if reach.table in {one.table for one in reach.deletes}:
        written.insert(0, "other rows of its own")
    more = sum(one.table != reach.table for one in reach.deletes) - len(shown)
    return ", ".join(written) + (f" and rows of {more} more tables" if more else "")


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
            parts.append(f"is blocked by: {text}")
        elif blocks[0].by_update:
            parts.append(f"changing {page.relation(parent)} is blocked by: {text}")
        else:
            parts.append(f"deleting its {page.relation(parent)} is blocked by: {text}")
    return parts


def _block(block: Block, start: QualifiedName, page: Page) -> str:
    key = block.relationship.key
    notes = {
        Refusal.RESTRICT: "RESTRICT",
        Refusal.NO_ACTION: "NO ACTION, at the commit" if block.deferred else "NO ACTION",
        Refusal.NOT_NULL: "cannot become null",
        Refusal.UNKNOWN: "action not known",
    }[block.refusal]
    rest = ", but for rows that go first" if block.may_go else ""
    child = page.relation(block.relationship.child)
    who = "other rows of its own" if block.relationship.child == start else child
    return f"{who} {columns_words(key.columns)} ({notes}{rest})"


# --- the order of tables -----------------------------------------------------------------------------


_WAYS = {
    Way.NOT_ENFORCED: "is not enforced",
    Way.INITIALLY_DEFERRED: "is checked at the commit",
    Way.NULL_FIRST: "can be null at first and be filled in later",
    Way.DEFERRABLE: "can be deferred (SET CONSTRAINTS … DEFERRED)",
}


def circle(found: Circle, page: Page) -> str:
    """A cycle and how to write its first rows."""
    path = " → ".join(page.relation(name) for name in (*found.tables, found.tables[0]))
    if not found.openings:
        return (
            f"{path}: every step is mandatory and checked at once; the first rows need one statement that"
            " writes to all of these tables"
        )
    return f"{path}: {'; or '.join(_opening(opening) for opening in found.openings)}"


def _opening(opening: Opening) -> str:
    """One foreign key that rows can do without at first, or all those between two tables."""
    by_way: dict[Way, list[str]] = {}
    for found, way in opening.ways:
        by_way.setdefault(way, []).append(columns_words(found.key.columns))
    return " and ".join(
        f"{code(opening.child.name)} {' and '.join(columns)} {_WAYS[way]}" for way, columns in by_way.items()
    )
