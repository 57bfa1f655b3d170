"""What the conditions of CHECK constraints let through: ranges and lists of constants.

A CHECK is satisfied by true and by null, so `CHECK (a AND b)` is the same as a CHECK for each of them, and
`x IS NULL OR x > 0` the same as `x > 0`. Only comparisons with constants of which the order is certain are
read: numbers, dates and timestamps. Of texts only equality is (their order is the collation's).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

import msgspec

from pgdossier.analysis import bounds, expressions
from pgdossier.analysis.check_values import listed
from pgdossier.analysis.expressions import And, Cast, Literal, Name, Negative, Node, Operation, Or, Test
from pgdossier.analysis.readable import without_label

Value = tuple[int, Decimal | datetime] | str
"""A constant: what it is ordered by, or a text."""

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
_MOMENTS = ("date", "timestamp")
_WHOLE = ("smallint", "integer", "bigint")


class Edge(msgspec.Struct, frozen=True):
    """An end of a range, and whether it belongs to it."""

    value: tuple[int, Decimal | datetime]
    inclusive: bool


class Limit(msgspec.Struct, frozen=True):
    """The values that `subject`, a column or something computed, may have: a list, or between two edges."""

    subject: Node
    lower: Edge | None = None
    upper: Edge | None = None
    values: tuple[Value, ...] | None = None

    @property
    def empty(self) -> bool:
        """Whether no value at all is let through."""
        if self.values is not None:
            return not self.values
        if self.lower is None or self.upper is None or not _comparable(self.lower, self.upper):
            return False
        if self.lower.value == self.upper.value:
            return not (self.lower.inclusive and self.upper.inclusive)
        return _before(self.upper.value, self.lower.value)

    def lets(self, value: Value) -> bool:
        """Whether the value is let through; what cannot be compared is."""
        if self.values is not None:
            return value in self.values
        return _above(value, self.lower) and _below(value, self.upper)

    def within(self, other: Limit) -> bool:
        """Whether everything that this lets through the other does as well, as far as that is certain."""
        if self.values is not None:
            return all(
                not isinstance(value, str) or other.values is not None for value in self.values
            ) and all(other.lets(value) for value in self.values)
        if other.values is not None:
            return False
        return _inside(self.lower, other.lower, low=True) and _inside(self.upper, other.upper, low=False)


def conjuncts(node: Node) -> tuple[Node, ...]:
    """The conditions that must all hold."""
    return node.operands if isinstance(node, And) else (node,)


def of_check(expression: str, types: Mapping[str, str]) -> Sequence[tuple[Node, Limit | None]]:
    """The conditions that a CHECK is made of, each with what it limits; none when it is not understood.

    Args:
        expression: The condition of the CHECK.
        types: As for `of_condition`. Many tables have the same CHECKs on columns of the same types.
    """
    named = _columns(expression)
    return _of_check(expression, named, tuple([types.get(column) for column in named]))


@lru_cache(maxsize=10_000)
def _columns(expression: str) -> tuple[str, ...]:
    node = expressions.parse(expression)
    return tuple(dict.fromkeys(columns(node))) if node is not None else ()


@lru_cache(maxsize=10_000)
def _of_check(
    expression: str, named: tuple[str, ...], types: tuple[str | None, ...]
) -> Sequence[tuple[Node, Limit | None]]:
    node = expressions.parse(expression)
    known = {column: base for column, base in zip(named, types, strict=True) if base is not None}
    return [(one, of_condition(one, known)) for one in conjuncts(node)] if node is not None else []


def of_condition(node: Node, types: Mapping[str, str]) -> Limit | None:
    """What a condition limits, when that is all that it says.

    Args:
        node: One condition, not several joined by AND.
        types: The types of the columns, of domains those that they are made of. Of whole numbers `x > 0` is
            `x >= 1`, and a column of a domain is printed with a cast to its type.
    """
    if isinstance(node, Or):
        rest = [one for one in node.operands if not (isinstance(one, Test) and one.what == "null")]
        tests = [one for one in node.operands if isinstance(one, Test) and one.what == "null"]
        if len(rest) == 1 and tests and not any(one.negated for one in tests):
            found = of_condition(rest[0], types)
            same = found is not None and all(without_label(one.operand) == found.subject for one in tests)
            return found if same else None
    several = listed(node)
    if several is not None:
        column, literals = several
        values = tuple(_value(literal) or literal.text for literal in literals)
        return Limit(column, values=values)
    return _range(node, types) if isinstance(node, Operation) and node.schema is None else None


def _range(node: Operation, types: Mapping[str, str]) -> Limit | None:
    operator, left, right = node.operator, node.left, node.right
    if operator not in _FLIPPED:
        return None
    value, other = constant(right), constant(left)
    if other is not None:
        operator, left, value, other = _FLIPPED[operator], right, other, value
    if value is None or isinstance(value, str) or other is not None:
        return None
    subject = _without_domain(without_label(left), types)
    if not _has_name(subject):
        return None
    edge = Edge(value, inclusive="=" in operator)
    whole = isinstance(subject, Name) and types.get(subject.text) in _WHOLE
    if whole and not edge.inclusive and isinstance(value[1], Decimal):
        moved = value[1] + (1 if operator == ">" else -1)
        if value[1] == value[1].to_integral_value():
            edge = Edge((value[0], moved), inclusive=True)
    if operator == "=":
        return Limit(subject, values=(value,))
    return Limit(subject, lower=edge) if operator[0] == ">" else Limit(subject, upper=edge)


def _without_domain(node: Node, types: Mapping[str, str]) -> Node:
    """The column under a cast to its own type."""
    if isinstance(node, Cast) and isinstance(node.operand, Name):
        return node.operand if types.get(node.operand.text) == node.type else node
    return node


def constant(node: Node) -> Value | None:
    """The value of a constant as the server prints it; None for NULL and for what is no constant."""
    if isinstance(node, Cast) and node.type.startswith(_MOMENTS) and not node.type.endswith("]"):
        inner = without_label(node.operand)
        order = bounds.ordering(node.type)
        if isinstance(inner, Literal) and inner.kind == "string" and order is not None:
            return order(inner.text)
        return None
    bare = without_label(node)
    if isinstance(bare, Negative):
        inner_value = constant(bare.operand)
        if isinstance(inner_value, tuple) and isinstance(inner_value[1], Decimal):
            return (0, -inner_value[1])
        return None
    if not isinstance(bare, Literal) or bare.kind == "null":
        return None
    return _value(bare) or bare.text


def _value(literal: Literal) -> Value | None:
    return (0, Decimal(literal.text)) if literal.kind == "number" else None


def merged(limits: Iterable[Limit]) -> Limit | None:
    """What all of these limits of one subject let through together; None without any."""
    found = list(limits)
    if not found:
        return None
    lower, upper = None, None
    for one in found:
        if one.lower is not None and (lower is None or _inside(one.lower, lower, low=True)):
            lower = one.lower
        if one.upper is not None and (upper is None or _inside(one.upper, upper, low=False)):
            upper = one.upper
    lists = [one for one in found if one.values is not None]
    between = Limit(found[0].subject, lower, upper)
    if not lists:
        return between
    if len({isinstance(value, str) for one in lists for value in one.values or ()}) > 1:
        return Limit(found[0].subject)  # numbers written as texts: what they have in common is not known
    values = tuple(
        value
        for value in lists[0].values or ()
        if between.lets(value) and all(one.lets(value) for one in lists[1:])
    )
    return Limit(found[0].subject, values=values)


def columns(node: Node) -> Iterator[str]:
    """The columns that an expression is made of, in the order of the text."""
    if isinstance(node, Name):
        yield node.text
    for child in expressions.children(node):
        yield from columns(child)


def _has_name(node: Node) -> bool:
    return next(columns(node), None) is not None


def _comparable(one: Edge, other: Edge) -> bool:
    return isinstance(one.value[1], Decimal) is isinstance(other.value[1], Decimal) or (
        one.value[0] != other.value[0]
    )


def _before(one: tuple[int, Decimal | datetime], other: tuple[int, Decimal | datetime]) -> bool:
    """Whether a value stands before another of its kind."""
    if one[0] != other[0]:
        return one[0] < other[0]
    left, right = one[1], other[1]
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left < right
    return isinstance(left, datetime) and isinstance(right, datetime) and left < right


def _above(value: Value, edge: Edge | None) -> bool:
    if edge is None or isinstance(value, str):
        return True
    return (edge.inclusive and value == edge.value) or (
        value != edge.value and not _before(value, edge.value)
    )


def _below(value: Value, edge: Edge | None) -> bool:
    if edge is None or isinstance(value, str):
        return True
    return (edge.inclusive and value == edge.value) or (
        value != edge.value and not _before(edge.value, value)
    )


def _inside(own: Edge | None, other: Edge | None, *, low: bool) -> bool:
    """Whether an end is at least as narrow as another."""
    if other is None:
        return True
    if own is None or not _comparable(own, other):
        return False
    if own.value == other.value:
        return other.inclusive or not own.inclusive
    return _before(other.value, own.value) if low else _before(own.value, other.value)
