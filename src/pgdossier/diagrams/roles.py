"""The role graph: who is a member of whom, and how.

A role that can log in is a rectangle, a group a hexagon; a role of PostgreSQL itself has a dashed border.
The second line says it in words. Many roles with the same memberships and nobody below them stand in one box.
An arrow leads from the member to the role whose privileges it gets; a dashed one gives them after SET ROLE.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

import graphviz
import msgspec

from pgdossier.diagrams import legend, palette
from pgdossier.diagrams.diagram import Diagram, Subject, Written
from pgdossier.diagrams.dot import FONT, SIZE
from pgdossier.diagrams.lettering import counted, cut, visible, width
from pgdossier.language import tr
from pgdossier.model.roles import Role
from pgdossier.model.snapshot import Structure

SUBJECT = Subject("roles")
_TOGETHER = 4  # leaves with the same memberships, from which on they share a box
_NAMED = 5  # of them, how many are named
_MOST = 60  # boxes beyond which no drawing helps
_NOTE = 9.0
_LONGEST = 48  # characters of a line

_CODES = str.maketrans(
    {
        "#": "#35;",
        ";": "#59;",
        '"': "#quot;",
        "\\": "#92;",
        "<": "#lt;",
        ">": "#gt;",
        "&": "#amp;",
        "`": "#96;",
    }
)


class _Box(msgspec.Struct, frozen=True):
    lines: tuple[str, ...]  # the first is bold
    login: bool
    predefined: bool
    superuser: bool


class _Arrow(msgspec.Struct, frozen=True):
    member: int
    role: int
    label: str
    dashed: bool


def graph(structure: Structure) -> Diagram | None:
    """The diagram of a database's roles; None when there is no membership, or far too many boxes.

    Superusers and roles that come with PostgreSQL are in it where a membership leads to or from them.
    """
    joined = {role.name: _memberships(role) for role in structure.roles}
    linked = {name for name, found in joined.items() if found}
    linked |= {target for found in joined.values() for target, _, _ in found}
    roles = [
        role for role in structure.roles if role.name in linked or not (role.superuser or role.predefined)
    ]
    owned = _owned(structure)
    groups = list(_grouped(roles, joined, owned))
    if not linked or len(groups) > _MOST:
        return None
    number = {role.name: at for at, members in enumerate(groups, start=1) for role in members}
    boxes = [_box(members, owned) for members in groups]
    arrows = [
        _Arrow(at, number[target], label, dashed)
        for at, members in enumerate(groups, start=1)
        for target, label, dashed in joined[members[0].name]
        if target in number
    ]
    title = tr("Roles and memberships")
    text = tr(
        "{roles}, {arrows}. An arrow leads from a member to the role whose privileges it gets; dashed:"
        " after SET ROLE only. Rectangles can log in, hexagons cannot.",
        roles=counted(len(roles), "role"),
        arrows=counted(len(arrows), "arrow"),
    )
    return Diagram(
        subject=SUBJECT,
        title=title,
        description=text,
        content=Written(
            dot=_dot(boxes, arrows),
            mermaid=(_mermaid(boxes, arrows),),
            legend=_legend(boxes, arrows),
        ),
        boxes=len(boxes),
        edges=len(arrows),
    )


def _legend(boxes: Sequence[_Box], arrows: Sequence[_Arrow]) -> tuple[str, ...]:
    """The signs that occur, as `legend` names them."""
    signs = {"login" if box.login else "group" for box in boxes}
    signs |= {"setting" if arrow.dashed else "member" for arrow in arrows}
    return tuple(sign for sign in legend.TEXTS if sign in signs)


def _memberships(role: Role) -> tuple[tuple[str, str, bool], ...]:
    """The roles that this one is a member of, each once, with label and whether SET ROLE is needed."""
    found = []
    for target, group in groupby(role.member_of, lambda membership: membership.role):
        grants = list(group)
        inherit, may_set = any(one.inherit for one in grants), any(one.set for one in grants)
        words = []
        if not inherit:
            words.append(tr("SET ROLE only") if may_set else tr("no effect"))
        elif not may_set:
            words.append(tr("no SET ROLE"))
        if any(one.admin for one in grants):
            words.append(tr("admin"))
        found.append((target, ", ".join(words), not inherit))
    return tuple(found)


def _grouped(
    roles: Sequence[Role],
    joined: dict[str, tuple[tuple[str, str, bool], ...]],
    owned: dict[str, int],
) -> Iterable[tuple[Role, ...]]:
    """The roles; those without members and property that are alike together, where they are many."""
    parents = {target for found in joined.values() for target, _, _ in found}
    alike: dict[object, list[Role]] = {}
    for role in roles:
        leaf = role.name not in parents and role.name not in owned and not role.superuser
        key = (joined[role.name], role.login, role.predefined, _attributes(role)) if leaf else role.name
        alike.setdefault(key, []).append(role)
    for members in alike.values():
        if len(members) < _TOGETHER:
            for role in members:
                yield (role,)
        else:
            yield tuple(members)


def _owned(structure: Structure) -> dict[str, int]:
    counts: dict[str, int] = {}
    for relation in structure.relations:
        counts[relation.owner] = counts.get(relation.owner, 0) + 1
    return counts


def _attributes(role: Role) -> str:
    if role.predefined:
        words = [tr("comes with PostgreSQL")]
    elif role.superuser:
        words = [tr("superuser")]
    else:
        words = [tr("can log in") if role.login else tr("group")]
        words += [tr("creates roles")] if role.create_role else []
        words += [tr("bypasses row security")] if role.bypass_row_security else []
    return ", ".join(words)


def _box(members: tuple[Role, ...], owned: dict[str, int]) -> _Box:
    first = members[0]
    if len(members) == 1:
        lines = [first.name, _attributes(first)]
        if owned.get(first.name):
            lines.append(tr("owns {relations}", relations=counted(owned[first.name], "relation")))
    else:
        named = ", ".join(role.name for role in members[:_NAMED])
        more = len(members) - _NAMED
        lines = [counted(len(members), "role"), _attributes(first)]
        lines.append(tr("{items} and {count} more", items=named, count=more) if more > 0 else named)
    return _Box(
        lines=tuple(cut(visible(line), _LONGEST) for line in lines),
        login=first.login,
        predefined=first.predefined,
        superuser=first.superuser,
    )


def _dot(boxes: Sequence[_Box], arrows: Sequence[_Arrow]) -> str:
    made = graphviz.Digraph(
        "roles",
        graph_attr={
            "rankdir": "LR",
            "bgcolor": palette.PAPER,
            "fontname": FONT,
            "fontsize": f"{SIZE:g}",
            "nodesep": "0.22",
            "ranksep": "0.7",
            "pad": "0.12",
        },
        node_attr={
            "fontname": FONT,
            "fontsize": f"{SIZE:g}",
            "fontcolor": palette.INK,
            "color": palette.BORDER,
            "margin": "0.08,0.05",
        },
        edge_attr={
            "color": palette.LINE,
            "fontname": FONT,
            "fontsize": f"{_NOTE:g}",
            "fontcolor": palette.DIM,
            "arrowsize": "0.8",
        },
    )
    for number, box in enumerate(boxes, start=1):
        fill = palette.STUB if box.predefined else palette.TABLE if box.login else palette.BOX
        made.node(
            str(number),
            label=_label(box),
            shape="box" if box.login else "hexagon",
            style="filled,dashed" if box.predefined else "filled",
            fillcolor=fill,
            penwidth="2" if box.superuser else "1",
        )
    for arrow in arrows:
        made.edge(
            str(arrow.member),
            str(arrow.role),
            label=arrow.label,
            style="dashed" if arrow.dashed else "solid",
        )
    source: str = made.source
    return source


def _label(box: _Box) -> str:
    """The lines of a box, each in a cell that is as wide as the text will be."""
    rows = []
    for at, text in enumerate(box.lines):
        bold = at == 0
        size = SIZE if bold else _NOTE
        wide = round(width(text, size, bold=bold)) + 4
        safe = escape(text.replace("\\", "\\\\"))
        shown = (
            f"<B>{safe}</B>" if bold else f'<FONT POINT-SIZE="{_NOTE:g}" COLOR="{palette.DIM}">{safe}</FONT>'
        )
        rows.append(f'<TR><TD WIDTH="{wide}">{shown}</TD></TR>')
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(rows)}</TABLE>>'


def _mermaid(boxes: Sequence[_Box], arrows: Sequence[_Arrow]) -> str:
    lines = ["flowchart LR"]
    for number, box in enumerate(boxes, start=1):
        text = "<br/>".join(line.translate(_CODES) for line in box.lines)
        left, right = ("[", "]") if box.login else ("{{", "}}")
        lines.append(f'    r{number}{left}"{text}"{right}')
    for arrow in arrows:
        stroke = "-.->" if arrow.dashed else "-->"
        label = f"|{arrow.label}|" if arrow.label else ""
        lines.append(f"    r{arrow.member} {stroke}{label} r{arrow.role}")
    return "\n".join(lines)
