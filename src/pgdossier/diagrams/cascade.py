"""What else happens when a row of one table is deleted, as `analysis.cascades` follows it.

The table stands at the left, every other table in the rank of its distance. A line leads from the table
whose row goes, or changes, to the foreign key that reacts, which is named in the box of its table with what
it does: CASCADE (solid), SET NULL or SET DEFAULT (dashed), or a refusal of the whole deletion (a bar).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import graphviz
import msgspec
from msgspec import structs

from pgdossier.analysis.cascades import Block, CascadeReach, Change, Refusal
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams import dot, lines, mermaid, painting, palette, remainder
from pgdossier.diagrams.boxes import Shelf, Url
from pgdossier.diagrams.chart import Box, Detail, Role, Row
from pgdossier.diagrams.diagram import Diagram, Outlined, Subject
from pgdossier.diagrams.lettering import counted, cut, tooltip, visible
from pgdossier.diagrams.neighbourhood import MOST_BOXES
from pgdossier.diagrams.painting import Painted
from pgdossier.language import mark, tr, trn
from pgdossier.model.constraints import Action
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName

MOST_DRAWN = 20
"""Diagrams of this kind in one document."""

FOLDED_ABOVE = 12
"""Tables to which the same happens because of the same table, and nothing after it, above which one box is
theirs."""

_LONGEST = 44  # characters of the columns of a foreign key


class Effect(StrEnum):
    """What a foreign key does; also the sign of the legend that explains its line."""

    GOES = "goes"
    CHANGES = "changes"
    REFUSES = "refuses"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line: a foreign key that reacts to the deletion or the change of a row that it references.

    `action` says what it does in the words of its declaration.
    """

    relationship: Relationship
    effect: Effect
    columns: tuple[str, ...]
    action: str


def worth_drawing(reach: CascadeReach) -> bool:
    """Whether a diagram says more than the foreign keys of one table: it needs two tables and two steps."""
    others = {one.table for one in reach.deletes} | {one.relationship.child for one in reach.changes}
    return len(others - {reach.table}) >= 2 and max(_distances(reach).values()) >= 2


def of_document(reaches: Iterable[CascadeReach]) -> tuple[CascadeReach, ...]:
    """Those that a document draws: what is worth it, the largest reach first, at most `MOST_DRAWN`."""
    found = [reach for reach in reaches if worth_drawing(reach)]
    found.sort(key=lambda reach: (*(-count for count in reach.size), reach.table))
    return tuple(found[:MOST_DRAWN])


def steps(reach: CascadeReach, graph: Graph) -> tuple[Step, ...]:
    """Every foreign key that takes part in that reach, in the order in which the deletion comes to it.

    Args:
        reach: What the analysis found.
        graph: The declared relationships.
    """
    gone = dict.fromkeys((reach.table, *(one.table for one in reach.deletes)))
    found = [
        Step(relationship=key, effect=Effect.GOES, columns=key.key.columns, action="CASCADE")
        for table in gone
        for key in graph.children_of(table)
        if key.key.enforced and key.key.on_delete is Action.CASCADE
    ]
    found += [_changing(change, gone) for change in reach.changes]
    found += [_refusing(block) for block in reach.blocked_by]
    return tuple(found)


def _changing(change: Change, gone: Iterable[QualifiedName]) -> Step:
    key = change.relationship.key
    by_deletion = change.relationship.parent in gone and key.on_delete in (
        Action.SET_NULL,
        Action.SET_DEFAULT,
    )
    action = key.on_delete.upper() if by_deletion else f"ON UPDATE {key.on_update.upper()}"
    return Step(
        relationship=change.relationship, effect=Effect.CHANGES, columns=change.columns, action=action
    )


def _refusing(block: Block) -> Step:
    words = {
        Refusal.RESTRICT: "RESTRICT",
        Refusal.NO_ACTION: "NO ACTION",
        Refusal.NOT_NULL: tr("cannot become null"),
        Refusal.UNKNOWN: tr("action not known"),
    }[block.refusal]
    words = f"ON UPDATE {words}" if block.by_update and block.refusal is not Refusal.NOT_NULL else words
    if block.deferred:
        words = tr("{reason}, at the commit", reason=words)
    if block.may_go:
        words = tr("{reason}, but for rows that go first", reason=words)
    return Step(
        relationship=block.relationship,
        effect=Effect.REFUSES,
        columns=block.relationship.key.columns,
        action=words,
    )


def draw(
    reach: CascadeReach,
    lookup: Lookup,
    graph: Graph,
    url: Url,
    *,
    most: int = MOST_BOXES,
    shelf: Shelf | None = None,
) -> Diagram | None:
    """The diagram of that reach, or None when deleting a row touches nothing else.

    Args:
        reach: What the analysis found.
        lookup: The snapshot's relations.
        graph: The declared relationships.
        url: Where a table's section is, relative to the file of this diagram.
        most: The most boxes; the tables farthest away are only named when there are more.
        shelf: Makes boxes of the same lookup with the same addresses, to save making them again.
    """
    taken = steps(reach, graph)
    if not taken:
        return None
    distance = _distances(reach)
    fate = {step.relationship.child: step.effect for step in reversed(taken)}  # the first counts
    folds = _folds(reach.table, taken)
    folded = {name for fold in folds for name in fold.tables}
    order = list(Effect)
    nearest = sorted(
        distance.keys() - folded,
        key=lambda name: (distance[name], order.index(fate.get(name, Effect.GOES)), name),
    )
    room = most - len(folds)
    shown = nearest if len(nearest) <= room else nearest[: room - 1]
    # A fold is drawn beside the table that it hangs on, else its tables are among the others.
    folds = [fold for fold in folds if fold.parent in shown]
    named = {name for fold in folds for name in fold.tables}
    rest = sorted(distance.keys() - named - set(shown), key=lambda name: (distance[name], name))
    numbers = {name: number for number, name in enumerate(shown, start=1)}
    drawn = [
        step for step in taken if step.relationship.child in numbers and step.relationship.parent in numbers
    ]
    shelf = Shelf(lookup, url) if shelf is None else shelf
    made = [_box(numbers[name], name, reach, drawn, shelf) for name in shown]
    arrows = _arrows(drawn, numbers)
    ranks = {numbers[name]: distance[name] for name in shown}
    for fold in folds:
        number = len(made) + 1
        made.append(_folded_box(number, fold, reach.table.schema, url))
        arrows.append(_Arrow(numbers[fold.parent], number, None, fold.steps[0]))
        ranks[number] = distance[fold.tables[0]]
    if rest:
        note = _away(distance[rest[0]], distance[rest[-1]])
        made.append(remainder.box(len(made) + 1, rest, home=reach.table.schema, url=url, note=note))
    painted = painting.painted(made)
    title = tr("What deleting a row of {table} does elsewhere", table=visible(reach.table.dotted))
    return Diagram(
        subject=Subject("cascade", reach.table.schema, reach.table.name),
        title=title,
        description=_description(reach, len(rest)),
        content=Outlined(
            painted=painted,
            source=_dot(made, arrows, ranks, painted),
            whole=lambda: _dot(made, arrows, ranks),
            words=lambda: (_mermaid(made, arrows),),
            legend=tuple(
                effect.value for effect in Effect if any(arrow.step.effect is effect for arrow in arrows)
            ),
        ),
        boxes=len(made),
        edges=len(arrows),
    )


class _Fold(msgspec.Struct, frozen=True, kw_only=True):
    """Tables of which the rows of one other table say the same, and which nothing else has to do with."""

    parent: QualifiedName
    tables: tuple[QualifiedName, ...]
    steps: tuple[Step, ...]


def _folds(start: QualifiedName, taken: Sequence[Step]) -> list[_Fold]:
    """The tables that share a box: of every effect those of one parent, where they are very many."""
    of: dict[QualifiedName, list[Step]] = {}
    for step in taken:
        of.setdefault(step.relationship.child, []).append(step)
    parents = {step.relationship.parent for step in taken}
    groups: dict[tuple[QualifiedName, Effect], list[QualifiedName]] = {}
    for name, own in sorted(of.items()):
        alike = {(step.relationship.parent, step.effect) for step in own}
        if name != start and name not in parents and len(alike) == 1:
            groups.setdefault(alike.pop(), []).append(name)
    return [
        _Fold(parent=parent, tables=tuple(names), steps=tuple(step for name in names for step in of[name]))
        for (parent, _), names in groups.items()
        if len(names) > FOLDED_ABOVE
    ]


def _folded_box(number: int, fold: _Fold, home: str, url: Url) -> Box:
    message = {
        Effect.GOES: mark("their rows go too: {actions}"),
        Effect.CHANGES: mark("their rows stay and change: {actions}"),
        Effect.REFUSES: mark("their rows refuse: {actions}"),
    }[fold.steps[0].effect]
    actions = ", ".join(dict.fromkeys(step.action for step in fold.steps))
    said: dict[QualifiedName, str] = {}
    for step in fold.steps:
        child = step.relationship.child
        text = f"{child.dotted} ({', '.join(step.columns)}): {step.action}"
        said[child] = f"{said[child]}; {text}" if child in said else text
    return remainder.box(
        number,
        fold.tables,
        home=home,
        url=url,
        name=counted(len(fold.tables), "table"),
        note=tr(message, actions=actions),
        said=said,
    )


def _distances(reach: CascadeReach) -> dict[QualifiedName, int]:
    """Every table that takes part, and how many foreign keys away it is met first."""
    distance = {reach.table: 0}
    met = [(one.steps, one.table) for one in reach.deletes]
    met += [(one.steps, one.relationship.child) for one in reach.changes]
    met += [(one.steps, one.relationship.child) for one in reach.blocked_by]
    for number, name in sorted(met):
        distance.setdefault(name, number)
    return distance


def _away(least: int, most: int) -> str:
    if least == most:
        return trn("{count} step away", "{count} steps away", most)
    return tr("{least} to {most} steps away", least=least, most=most)


def _description(reach: CascadeReach, left_out: int) -> str:
    gone = len({one.table for one in reach.deletes} - {reach.table})
    changed = len({one.relationship.child for one in reach.changes})
    refusing = len({one.relationship.child for one in reach.blocked_by})
    facts = [tr("delete rows of {tables}", tables=counted(gone, "other table"))] if gone else []
    facts += (
        [tr("delete other rows of its own")] if any(one.table == reach.table for one in reach.deletes) else []
    )
    facts += [tr("change rows of {tables}", tables=counted(changed, "table"))] if changed else []
    facts += [tr("be refused by rows of {tables}", tables=counted(refusing, "table"))] if refusing else []
    text = tr(
        "Deleting a row of {table} can {effects}, by foreign keys alone.",
        table=visible(reach.table.dotted),
        effects=", ".join(facts),
    )
    if not left_out:
        return text
    named = trn("{count} table is only named.", "{count} tables are only named.", left_out)
    return f"{text} {named}"


def _box(
    number: int,
    name: QualifiedName,
    reach: CascadeReach,
    drawn: Sequence[Step],
    shelf: Shelf,
) -> Box:
    """A table with the foreign keys that react, and in a word what becomes of its rows."""
    effects = {step.effect for step in drawn if step.relationship.child == name}
    if name == reach.table:
        role, note = Role.FOCUS, tr("a row is deleted")
    elif any(one.table == name for one in reach.deletes):
        role, note = Role.TABLE, tr("rows go too")
    elif Effect.CHANGES in effects:
        role, note = Role.VIEW, tr("rows stay and change")
    else:
        role, note = Role.STUB, tr("its rows refuse")
    if name not in shelf.lookup.relations:
        return lines.unknown(number, name, reach.table.schema)
    plain = shelf.box(
        number,
        name,
        detail=Detail.NAMES,
        role=role,
        home=reach.table.schema,
        note=note,
    )
    rows = [
        Row(
            text=cut(visible(", ".join(step.columns)), _LONGEST),
            column=str(place),
            type=step.action,
            tooltip=_tooltip(step),
        )
        for place, step in enumerate(drawn)
        if step.relationship.child == name
    ]
    return structs.replace(plain, rows=tuple(rows))


def _tooltip(step: Step) -> str:
    found = step.relationship
    columns = f"{found.child.name} ({', '.join(step.columns)})"
    return tooltip(f"{found.key.name}: {columns} → {found.parent.name}: {step.action}")


class _Arrow(msgspec.Struct, frozen=True):
    """One line from the box of the referenced table to a row of the box of the referencing one.

    Without a row it stands for all of a box of several tables.
    """

    parent: int
    child: int
    row: int | None
    step: Step


def _arrows(drawn: Sequence[Step], numbers: dict[QualifiedName, int]) -> list[_Arrow]:
    rows: dict[QualifiedName, int] = {}
    arrows = []
    for step in drawn:
        child = step.relationship.child
        row = rows.get(child, 0)
        rows[child] = row + 1
        arrows.append(_Arrow(numbers[step.relationship.parent], numbers[child], row, step))
    return arrows


def _dot(
    made: Sequence[Box],
    arrows: Sequence[_Arrow],
    ranks: dict[int, int],
    painted: Mapping[int, Painted] | None = None,
) -> str:
    """The Graphviz source, from left to right; as in `dot`, nodes are numbers and names are labels.

    With `painted` boxes it has their outlines only.
    """
    graph = graphviz.Digraph(
        "cascade",
        graph_attr={
            "rankdir": "LR",
            "bgcolor": palette.PAPER,
            "fontname": dot.FONT,
            "fontsize": f"{dot.SIZE:g}",
            "nodesep": "0.2",
            "ranksep": "0.7",
            "pad": "0.12",
        },
        node_attr={
            "shape": "plain",
            "fontname": dot.FONT,
            "fontsize": f"{dot.SIZE:g}",
            "fontcolor": palette.INK,
        },
        edge_attr={"dir": "both", "color": palette.LINE, "arrowsize": "0.8", "arrowtail": "none"},
    )
    # With rankdir=LR the first box and the first line come lowest: what is only named stands below.
    for box in reversed(made):
        outline = painted and dot.outline(painted[box.number], (None, *painted[box.number].rows))
        graph.node(str(box.number), label=outline or dot.label(box))
    for rank in sorted(set(ranks.values())):
        with graph.subgraph() as level:
            level.attr(rank="same")
            for number in sorted(number for number, at in ranks.items() if at == rank):
                level.node(str(number))
    for arrow in reversed(arrows):
        _write_arrow(graph, arrow, ranks, right="e" if painted is None else "w")
    source: str = graph.source
    return source


def _write_arrow(graph: graphviz.Digraph, arrow: _Arrow, ranks: dict[int, int], *, right: str) -> None:
    """One line; ports at the right side of a row begin with `right`."""
    effect = arrow.step.effect
    end = "tee" if effect is Effect.REFUSES else "normal"
    attributes = {"penwidth": "1.4" if effect is Effect.REFUSES else "1"}
    if effect is Effect.REFUSES:
        attributes["color"] = palette.KEY
    if effect is Effect.CHANGES:
        attributes["style"] = "dashed"
    if arrow.row is None:
        graph.edge(f"{arrow.parent}:h:e", f"{arrow.child}:h:w", arrowhead=end, **attributes)
        return
    attributes["edgetooltip"] = dot.quoted(_tooltip(arrow.step))
    parent, child = ranks[arrow.parent], ranks[arrow.child]
    if child < parent:
        # Written against its direction, so that it leaves a box on its right and reaches one on its left.
        tail, head = f"{arrow.child}:{right}{arrow.row}:e", f"{arrow.parent}:h:w"
        graph.edge(tail, head, arrowtail=end, arrowhead="none", **attributes)
        return
    port, side = ("w", "w") if child > parent else (right, "e")
    tail, head = f"{arrow.parent}:h:e", f"{arrow.child}:{port}{arrow.row}:{side}"
    graph.edge(tail, head, arrowhead=end, **attributes)


def _mermaid(made: Sequence[Box], arrows: Sequence[_Arrow]) -> str:
    """The same as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""
    strokes = {Effect.GOES: "-->", Effect.CHANGES: "-.->", Effect.REFUSES: "--x"}
    written = ["flowchart LR"]
    for box in made:
        name = f"{box.prefix}.{box.name}" if box.prefix else box.name
        heading = mermaid.flow_text(f"{name} ({box.note})" if box.note else name)
        named = [mermaid.flow_text(row.text) for row in box.rows] if box.role is Role.MORE else []
        written.append(f'    n{box.number}["{"<br>".join([heading, *named])}"]')
    for arrow in arrows:
        label = ""
        if arrow.row is not None:
            label = mermaid.flow_text(f"{', '.join(arrow.step.columns)}: {arrow.step.action}")
            label = f'|"{label}"|'
        written.append(f"    n{arrow.parent} {strokes[arrow.step.effect]}{label} n{arrow.child}")
    return "\n".join(written) + "\n"
