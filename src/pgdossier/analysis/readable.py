"""Expressions written again, for people: without what the server adds and readers know anyway."""

from __future__ import annotations

import re

from pgdossier.analysis.expressions import (
    COMPARISONS,
    And,
    Array,
    Call,
    Cast,
    Collate,
    Distinct,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Operation,
    Or,
    Quantified,
    Test,
    parse,
)
from pgdossier.model.names import quote_identifier, quote_literal

_TEXT_TYPES = frozenset(("text", "character varying", "varchar", "bpchar", "name"))


_INTEGERS = frozenset(("smallint", "integer", "bigint"))
_NUMBERS = _INTEGERS | frozenset(("numeric", "real", "double precision"))
# Types whose constants are not what they look like when they are compared: areas, distances, one byte.
_UNLABELLED = frozenset(("point", "line", "lseg", "box", "path", "polygon", "circle", '"char"'))
_WHOLE = re.compile(r"-?\d+\Z")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")


def without_label(node: Node) -> Node:
    """The node without the casts that the server adds; casts that change a value are kept.

    They are added to compare text (`(status)::text`) or to type a constant (`(0)::numeric`).
    """
    while isinstance(node, Cast):
        inner = without_label(node.operand)
        if node.type.removesuffix("[]") in _TEXT_TYPES:
            node = inner
        elif isinstance(inner, Literal) and _only_labels(node.type, inner):
            is_number = node.type in _NUMBERS and _NUMBER.match(inner.text)
            node = Literal(inner.text, "number") if is_number else inner
        else:
            break
    return node


def _only_labels(type_name: str, literal: Literal) -> bool:
    """Whether a cast to that type leaves the constant as it reads (no rounding, no shortening)."""
    if type_name in _INTEGERS:
        return _WHOLE.match(literal.text) is not None or literal.kind == "null"
    if type_name == "boolean":
        return literal.kind in ("boolean", "null")
    return "(" not in type_name and type_name not in _UNLABELLED


def without_casts(node: Node) -> Node:
    """The node under all its casts."""
    while isinstance(node, Cast):
        node = node.operand
    return node


# How strongly the printed form of a node holds together, in the manual's order.
_LEVELS: dict[str, int] = {"^": 9, "*": 8, "/": 8, "%": 8, "+": 7, "-": 7} | dict.fromkeys(COMPARISONS, 4)
_ATOM = 12


def simplified(text: str) -> str:
    """The expression for people: without the parentheses and type labels that the server adds.

    Text that is not understood is only relieved of the parentheses around it.
    """
    node = parse(text)
    if node is not None:
        return written(node)
    inner = text.strip()
    while inner.startswith("(") and _closing(inner) == len(inner) - 1:
        inner = inner[1:-1].strip()
    return inner


def _closing(text: str) -> int:
    """Where the parenthesis closes that the text begins with; -1 when quotes make that hard to say."""
    depth = 0
    for match in re.finditer(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[()]", text):
        if match[0] in "()":
            depth += 1 if match[0] == "(" else -1
            if depth == 0:
                return match.start()
    return -1


def written(node: Node) -> str:
    """A tree as SQL for people (type labels left out, so not always for the server)."""
    return _written(node)[0]


def _written(node: Node) -> tuple[str, int]:
    """The text of a node and its level."""
    node = without_label(node)
    match node:
        case Name(text=text, value=value):
            return ("VALUE" if value else quote_identifier(text)), _ATOM
        case Literal(text=text, kind=kind):
            return (quote_literal(text) if kind == "string" else text.upper()), _ATOM
        case Call():
            return _call(node), _ATOM
        case Array(items=items):
            return f"ARRAY[{', '.join(map(written, items))}]", _ATOM
        case Cast(operand=operand, type=name):
            return f"{_inside(operand, 11)}::{name}", 11
        case Negative(operand=operand):
            return f"-{_inside(operand, 11)}", 10
        case Collate(operand=operand, collation=collation):
            return f"{_inside(operand, 10)} COLLATE {collation}", 9
        case _:
            return _operation(node)


def _call(node: Call) -> str:
    if node.bare:
        return node.name.upper()
    if node.name == "extract":
        field, operand = node.arguments
        return f"extract({written(field).strip(chr(39))} from {written(operand)})"
    name = node.name.removeprefix("pg_catalog.")
    return f"{name}({', '.join(map(written, node.arguments))})"


def _operation(node: Node) -> tuple[str, int]:
    match node:
        case Operation(operator=operator, left=left, right=right):
            level = _LEVELS.get(operator, 6)
            chained = level + (operator in COMPARISONS)  # these do not associate: `a < b < c` is no SQL
            return f"{_inside(left, chained)} {operator} {_inside(right, level + 1)}", level
        case Quantified(operator=operator, left=left, array=array, every=every):
            inner = without_label(array)
            if isinstance(inner, Array) and (operator, every) in (("=", False), ("<>", True)):
                words = "NOT IN" if every else "IN"
                return f"{_inside(left, 5)} {words} ({', '.join(map(written, inner.items))})", 4
            word = "ALL" if every else "ANY"
            return f"{_inside(left, 5)} {operator} {word} ({written(array)})", 4
        case Test(operand=operand, what=what, negated=negated):
            return f"{_inside(operand, 4)} IS {'NOT ' if negated else ''}{what.upper()}", 3
        case Distinct(left=left, right=right, negated=negated):
            return f"{_inside(left, 4)} IS {'NOT ' if negated else ''}DISTINCT FROM {_inside(right, 4)}", 3
        case Not(operand=operand):
            return f"NOT {_inside(operand, 3)}", 2
        case And(operands=operands):
            return " AND ".join(_inside(operand, 2) for operand in operands), 1
        case Or(operands=operands):
            return " OR ".join(_inside(operand, 1) for operand in operands), 0
    raise AssertionError(node)


def _inside(node: Node, level: int) -> str:
    """The text of an operand, in parentheses when it holds together less than `level`."""
    text, own = _written(node)
    return text if own >= level else f"({text})"
