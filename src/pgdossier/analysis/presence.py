"""Which columns of a row can be given together, as its CHECK constraints decide.

Each condition is evaluated for every combination of given and missing columns in SQL's three-valued logic.
What this module cannot evaluate may be true, false or null; a combination is possible unless some condition
is certainly false, which is what a CHECK refuses. So a combination called impossible is impossible.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pgdossier.analysis import expressions
from pgdossier.analysis.check_values import constants
from pgdossier.analysis.expressions import (
    And,
    Call,
    Cast,
    Distinct,
    Literal,
    Name,
    Node,
    Not,
    Operation,
    Or,
    Quantified,
    Test,
)
from pgdossier.analysis.readable import without_casts, without_label

GIVEN = "\0given"
"""The value of a column that is not null and of which nothing else is known."""

Row = Mapping[str, str | None]
"""What is known of a row: the text of a column's value, `GIVEN`, or None for NULL."""

_Truth = frozenset[bool | None]
_ANY: _Truth = frozenset((True, False, None))
_TRUE: _Truth = frozenset((True,))
_FALSE: _Truth = frozenset((False,))
_NULL: _Truth = frozenset((None,))
_INTEGER = ("smallint", "integer", "bigint")
MOST_COMBINATIONS = 40_000
"""Combinations above which a table's rules are not evaluated."""


def tested(node: Node) -> Iterator[str]:
    """The columns that a condition tests for NULL or counts the values of, each time it does."""
    match node:
        case Test(operand=Name(text=text), what="null"):
            yield text
        case Call(name="num_nonnulls" | "num_nulls", arguments=arguments):
            for argument in arguments:
                bare = without_label(argument)
                if isinstance(bare, Name):
                    yield bare.text
        case _:
            for child in expressions.children(node):
                yield from tested(child)


def compared(node: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The columns that a condition compares with constants, each time with these constants."""
    found = _membership(node)
    if found is not None:
        yield found[0], found[1]
        return
    if isinstance(node, Name):
        yield node.text, ("true", "false")
        return
    if isinstance(node, Test) and node.what == "null":
        return
    if isinstance(node, Call) and node.name in ("num_nonnulls", "num_nulls"):
        return
    for child in expressions.children(node):
        yield from compared(child)


def _membership(node: Node) -> tuple[str, tuple[str, ...], bool] | None:
    """A column, constants, and whether the condition is that it is one of them (else none of them)."""
    match node:
        case Operation(operator="=" | "<>" as operator, left=left, right=right, schema=None):
            column, single = without_label(left), without_label(right)
            if isinstance(column, Literal):
                column, single = single, column
            if isinstance(column, Name) and isinstance(single, Literal) and _exact(single):
                return column.text, (single.text,), operator == "="
        case (
            Quantified(operator="=", left=left, array=array, every=False, schema=None)
            | Quantified(operator="<>", left=left, array=array, every=True, schema=None)
        ):
            column, values = without_label(left), constants(array)
            if isinstance(column, Name) and values and all(map(_exact, values)):
                return column.text, tuple(value.text for value in values), node.operator == "="
    return None


def _exact(literal: Literal) -> bool:
    """Whether two such constants are equal exactly when their texts are."""
    if literal.kind == "number":
        return literal.text.lstrip("-").isdecimal() and str(int(literal.text)) == literal.text
    return literal.kind in ("string", "boolean")


def truth(node: Node, row: Row) -> _Truth:  # noqa: PLR0911 - one return for each kind of condition
    """What a condition can be for a row."""
    match node:
        case Test(operand=Name(text=text), what="null", negated=negated) if text in row:
            return frozenset(((row[text] is None) != negated,))
        case Test(operand=operand, what="true" | "false" as what, negated=negated):
            wanted = what == "true"
            return frozenset((value is wanted) != negated for value in truth(operand, row))
        case Not(operand=operand):
            return frozenset(None if value is None else not value for value in truth(operand, row))
        case And(operands=operands):
            return _combined(operands, row, whole=True)
        case Or(operands=operands):
            return _combined(operands, row, whole=False)
        case Literal(kind="boolean", text=text):
            return _TRUE if text == "true" else _FALSE
        case Literal(kind="null"):
            return _NULL
        case Name(text=text) if text in row:
            value = row[text]
            return _NULL if value is None else frozenset((value == "true",)) if value != GIVEN else _ANY
        case Distinct(left=left, right=right, negated=negated):
            return _same(left, right, row, negated)
        case Operation() | Quantified():
            return _comparison(node, row)
        case _:
            return _ANY


def _combined(operands: Sequence[Node], row: Row, *, whole: bool) -> _Truth:
    """AND (`whole`) or OR: all that can come out when each operand is what it can be."""
    can = [truth(operand, row) for operand in operands]
    decisive = not whole
    found: set[bool | None] = set()
    if any(decisive in values for values in can):
        found.add(decisive)
    rest = [values - {decisive} for values in can]
    if all(rest):
        if all(whole in values for values in rest):
            found.add(whole)
        if any(None in values for values in rest):
            found.add(None)
    return frozenset(found)


def _same(left: Node, right: Node, row: Row, negated: bool) -> _Truth:
    """`IS [NOT] DISTINCT FROM`, which is never null; only a column beside a constant is evaluated."""
    column, other = without_label(left), without_label(right)
    if isinstance(column, Name) and isinstance(other, Literal) and column.text in row:
        value = row[column.text]
        if other.kind == "null":
            return frozenset(((value is None) == negated,))
        if value is None:
            return frozenset((not negated,))
        if value != GIVEN and _exact(other):
            return frozenset(((value == other.text) == negated,))
    return frozenset((True, False))


def _comparison(node: Operation | Quantified, row: Row) -> _Truth:
    found = _membership(node)
    if found is not None and found[0] in row:
        column, values, member = found
        value = row[column]
        if value is None:
            return _NULL
        return _ANY if value == GIVEN else frozenset(((value in values) == member,))
    if not isinstance(node, Operation) or node.schema is not None:
        return _ANY
    counted = _compared_numbers(node, row)
    if counted is not None:
        return frozenset((counted,))
    if node.operator in ("=", "<>"):
        left, right = truth(node.left, row), truth(node.right, row)
        return frozenset(
            None if one is None or other is None else (one == other) == (node.operator == "=")
            for one in left
            for other in right
        )
    return _ANY


_COMPARED = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _compared_numbers(node: Operation, row: Row) -> bool | None:
    left, right = _number(node.left, row), _number(node.right, row)
    if left is None or right is None or node.operator not in _COMPARED:
        return None
    return bool(_COMPARED[node.operator](left, right))


def _number(node: Node, row: Row) -> int | None:
    """A count of columns, or a sum of truth values, or a whole number; None for everything else."""
    match node:
        case Call(name="num_nonnulls" | "num_nulls" as name, arguments=arguments):
            columns = [without_label(argument) for argument in arguments]
            if not all(isinstance(column, Name) and column.text in row for column in columns):
                return None
            missing = sum(row[column.text] is None for column in columns if isinstance(column, Name))
            return missing if name == "num_nulls" else len(columns) - missing
        case Operation(operator="+", left=left, right=right, schema=None):
            one, other = _number(left, row), _number(right, row)
            return None if one is None or other is None else one + other
        case Cast(type=name, operand=operand) if name in _INTEGER:
            inner = without_casts(operand)
            if isinstance(inner, Literal):
                return _number(inner, row)
            can = truth(operand, row)
            return int(True in can) if can in (_TRUE, _FALSE) else None
        case Literal(text=text) if text.lstrip("-").isdecimal():
            return int(text)
        case _:
            return None


def patterns(
    conditions: Sequence[Node], columns: Sequence[str], domain: Iterable[Row], known: Row
) -> Iterator[tuple[Row, frozenset[str]]]:
    """The combinations of columns that can be given, with the row of the domain that they go with.

    Args:
        conditions: All must hold (or be null).
        columns: The columns that can be given or missing.
        domain: Other columns' values to try, one after the other.
        known: Columns that are always the same.
    """
    for values in domain:
        for given in itertools.product((GIVEN, None), repeat=len(columns)):
            row = {**known, **dict(zip(columns, given, strict=True)), **values}
            if all(truth(condition, row) != _FALSE for condition in conditions):
                yield values, frozenset(column for column in columns if row[column] is not None)
