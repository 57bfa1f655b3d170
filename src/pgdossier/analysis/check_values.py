"""The things that a CHECK condition compares: columns, constants, lists of constants, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pgdossier.analysis.expressions import (
    Array,
    Call,
    Cast,
    Collate,
    Literal,
    Name,
    Negative,
    Node,
    Operation,
    Or,
    Quantified,
    Test,
)
from pgdossier.analysis.readable import without_casts, without_label, written
from pgdossier.language import tr

LENGTHS = frozenset(("char_length", "character_length"))
# Strings that read as themselves without quotes; others are quoted so that words stay words.
_BARE = re.compile(r"[^\W_](?:[\w ./:@+-]*[\w.+])?\Z")
_AMBIGUOUS = frozenset(
    """
    after and at before between both differs either empty equals exactly false given greater if in is least
    less like matches most neither never none not null of one or than the true value when
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
# Comparisons of these compare areas or distances, which no plain word says.
_GEOMETRIC = frozenset(("point", "line", "lseg", "box", "path", "polygon", "circle"))
# Casts to these only widen a column's number.
_WIDENING = frozenset(("numeric", "double precision"))


def value(node: Node) -> str | None:
    """A value for people, None when its text could mislead."""
    node = without_label(node)
    match node:
        case Name(text=text):
            return text
        case Literal():
            return constant(node)
        case Call(name="extract", arguments=(Literal(text=field), operand)):
            inner = value(operand)
            return None if inner is None else tr("{field} of {value}", field=field, value=inner)
        case Call() | Operation(operator="+" | "-" | "*" | "/" | "%", schema=None) | Negative():
            return written(node)
        case Cast(operand=operand, type=name) if name not in _GEOMETRIC:
            inner = value(operand)
            label = isinstance(operand, Name) and name in _WIDENING
            return inner if inner is None or label else tr("{value} as {type}", value=inner, type=name)
        case Collate(operand=operand):
            return value(operand)
        case _:
            return None


def constant(literal: Literal) -> str | None:
    """A constant for people, quoted when it could be taken for words; None for NULL."""
    if literal.kind == "null":
        return None
    if literal.kind != "string":
        return literal.text
    text = literal.text
    plain = _BARE.match(text) and "  " not in text and text.lower() != "null"
    return text if plain and _AMBIGUOUS.isdisjoint(text.split()) else f"'{text}'"


def subject(node: Node) -> str | None:
    """What a clause is about: a column or something computed; never a constant."""
    if isinstance(without_casts(node), Literal):
        return None
    match without_label(node):
        case Call(name=name, arguments=(argument,)) if name == "length" or name in LENGTHS:
            inner = value(argument)
            return None if inner is None else tr("length of {value}", value=inner)
        case Call(name="btrim", arguments=(argument,)):
            inner = value(argument)
            return None if inner is None else tr("trimmed {value}", value=inner)
        case _:
            return value(node)


def constants(node: Node) -> tuple[Literal, ...] | None:
    """The values of an array of constants without NULL, None for every other node."""
    node = without_label(node)
    element = None
    if isinstance(node, Cast):
        element = node.type.removesuffix("[]")
        node = without_label(node.operand)
    if isinstance(node, Literal) and node.kind == "string":
        return _array_literal(node.text)
    if not isinstance(node, Array):
        return None
    found = [without_label(item if element is None else Cast(item, element)) for item in node.items]
    values = tuple(item for item in found if isinstance(item, Literal) and item.kind != "null")
    return values if values and len(values) == len(found) else None


_ITEM = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^",{}\\\s](?:[^",{}\\]*[^",{}\\\s])?)', re.DOTALL
)


def _array_literal(text: str) -> tuple[Literal, ...] | None:
    """The items of an array written as text (`{a,"b c"}`), of one dimension and without NULL."""
    if not (text.startswith("{") and text.endswith("}")) or text.endswith(",}"):
        return None
    found = []
    position, end = 1, len(text) - 1
    while position < end:
        match = _ITEM.match(text, position, end)
        if match is None or (match["plain"] or "").lower() == "null":
            return None
        item = match["plain"] or re.sub(r"\\(.)", r"\1", match["quoted"] or "", flags=re.DOTALL)
        found.append(Literal(item, "string"))
        position = match.end()
        if position < end and text[position] != ",":
            return None
        position += 1
    return tuple(found) or None


def listed(node: Node) -> tuple[Name, tuple[Literal, ...]] | None:
    """The column and its constants, of `c = ANY (…)`, `c = 'a'`, or several of these under OR."""
    match node:
        case Quantified(operator="=", left=left, array=array, every=False, schema=None):
            column, values = without_label(left), constants(array)
            return (column, values) if isinstance(column, Name) and values else None
        case Operation(operator="=", left=left, right=right, schema=None):
            column, single = without_label(left), without_label(right)
            if isinstance(column, Literal):
                column, single = single, column
            if isinstance(column, Name) and isinstance(single, Literal) and single.kind != "null":
                return column, (single,)
            return None
        case Or(operands=operands):
            return _listed_by_any(operands)
        case _:
            return None


def _listed_by_any(operands: Sequence[Node]) -> tuple[Name, tuple[Literal, ...]] | None:
    """The lists of one column together; that the column may also be NULL changes nothing in a CHECK."""
    tests = [part for part in operands if isinstance(part, Test)]
    lists = [listed(part) for part in operands if not isinstance(part, Test)]
    found = [one for one in lists if one is not None]
    columns: set[Node] = {column for column, _ in found} | {test.operand for test in tests}
    if not found or len(found) != len(lists) or len(columns) != 1:
        return None
    if any(test.what != "null" or test.negated for test in tests):
        return None
    return found[0][0], tuple(dict.fromkeys(one for _, values in found for one in values))
