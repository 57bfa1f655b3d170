"""Rules about how many of several columns are given, in words: exclusive arcs and their relatives."""

from __future__ import annotations

from collections.abc import Sequence

from pgdossier.analysis.expressions import And, Call, Cast, Literal, Name, Node, Operation, Or, Test
from pgdossier.analysis.readable import without_casts, without_label
from pgdossier.language import tr, trn

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}


def rule(node: Node) -> str | None:
    """The rule that the condition is, None when it is about anything else."""
    match node:
        case Operation(operator="=" | "<>", left=Test(), right=Test(), schema=None):
            return _two(node)
        case Operation(schema=None):
            return _count(node)
        case Or(operands=operands):
            return _some(operands) or _arc(operands)
        case _:
            return None


def _given(node: Node) -> tuple[str, bool] | None:
    """The column of a null test, and whether it must be given."""
    match node:
        case Test(operand=Name(text=text), what="null", negated=negated):
            return text, negated
        case _:
            return None


def _together(columns: Sequence[str]) -> str:
    return tr(
        "{columns} and {last} are given together or not at all",
        columns=", ".join(columns[:-1]),
        last=columns[-1],
    )


def _two(node: Operation) -> str | None:
    """`(a IS NULL) = (b IS NULL)` and the like."""
    first, second = _given(node.left), _given(node.right)
    if first is None or second is None or first[0] == second[0]:
        return None
    columns = (first[0], second[0])
    alike = (first[1] == second[1]) == (node.operator == "=")
    return _together(columns) if alike else _exactly(1, ", ".join(columns))


def _count(node: Operation) -> str | None:
    """A number of columns compared with a constant: `num_nonnulls(a, b) = 1`."""
    operator, left, right = node.operator, node.left, node.right
    if isinstance(without_casts(left), Literal) and operator in _FLIPPED:
        operator, left, right = _FLIPPED[operator], right, left
    number = without_label(right)
    counted = _summed(left) if isinstance(left, Operation) else _counted(left)
    if counted is None or not isinstance(number, Literal) or not number.text.isdecimal():
        return None
    return _amount(operator, *counted, int(number.text))


def _counted(node: Node) -> tuple[tuple[str, ...], bool] | None:
    """The columns whose values are counted, and whether the given ones are (else the nulls)."""
    match node:
        case Call(name="num_nonnulls" | "num_nulls" as name, arguments=arguments):
            columns = [without_label(argument) for argument in arguments]
            names = tuple(column.text for column in columns if isinstance(column, Name))
            return (names, name == "num_nonnulls") if names and len(names) == len(columns) else None
        case _:
            return None


def _summed(node: Node) -> tuple[tuple[str, ...], bool] | None:
    """`(a IS NOT NULL)::integer + (b IS NOT NULL)::integer + …`."""
    terms: list[Node] = []
    while isinstance(node, Operation) and node.operator == "+":
        terms.append(node.right)
        node = node.left
    terms.append(node)
    tests = [_given(without_casts(term)) for term in terms if isinstance(term, Cast)]
    found = [test for test in tests if test is not None]
    if len(found) != len(terms) or len({negated for _, negated in found}) != 1:
        return None
    return tuple(name for name, _ in reversed(found)), found[0][1]


def _amount(operator: str, columns: tuple[str, ...], given: bool, number: int) -> str | None:
    """How many of the columns are given, from a comparison of a count of them (or of the nulls)."""
    total = len(columns)
    if operator in ("<", ">"):
        operator, number = ("<=", number - 1) if operator == "<" else (">=", number + 1)
    if not given:
        operator, number = _FLIPPED.get(operator, operator), total - number
    says_nothing = (operator, number) in ((">=", 0), ("<=", total))
    if (
        operator not in ("=", "<=", ">=")
        or says_nothing
        or not 0 <= number <= total
        or len(set(columns)) < max(total, 2)
    ):
        return None
    listed = ", ".join(columns)
    if number == total:
        return tr("all of {columns} are given", columns=listed)
    if number == 0:
        return tr("none of {columns} is given", columns=listed)
    if operator == "<=":
        return _at_most(number, listed)
    return _at_least(number, listed) if operator == ">=" else _exactly(number, listed)


def _at_most(number: int, listed: str) -> str:
    return trn(
        "at most one of {columns} is given", "at most {count} of {columns} are given", number, columns=listed
    )


def _at_least(number: int, listed: str) -> str:
    return trn(
        "at least one of {columns} is given",
        "at least {count} of {columns} are given",
        number,
        columns=listed,
    )


def _exactly(number: int, listed: str) -> str:
    return trn(
        "exactly one of {columns} is given", "exactly {count} of {columns} are given", number, columns=listed
    )


def _some(operands: Sequence[Node]) -> str | None:
    """`a IS NOT NULL OR b IS NOT NULL`, `a IS NULL OR b IS NULL`."""
    tests = [_given(operand) for operand in operands]
    names = [test[0] for test in tests if test is not None]
    given = {test[1] for test in tests if test is not None}
    if len(names) != len(tests) or len(set(names)) != len(names) or len(given) != 1:
        return None
    if given == {True}:
        return _at_least(1, ", ".join(names))
    return _at_most(1, ", ".join(names)) if len(names) == 2 else None


def _arc(operands: Sequence[Node]) -> str | None:
    """ORs of null tests over the same columns: exactly one given, at most one, together or not at all."""
    rows: list[dict[str, bool]] = []
    for operand in operands:
        tests = [_given(part) for part in operand.operands] if isinstance(operand, And) else []
        row = {test[0]: test[1] for test in tests if test is not None}
        if not tests or len(row) != len(tests):
            return None
        rows.append(row)
    columns = tuple(rows[0])
    distinct = {tuple(sorted(row.items())) for row in rows}
    if any(set(row) != set(columns) for row in rows) or len(distinct) < len(rows):
        return None
    counts = sorted(sum(row.values()) for row in rows)
    ones = [1] * len(columns)
    if counts == [0, len(columns)]:
        return _together(columns)
    if counts == ones:
        return _exactly(1, ", ".join(columns))
    if counts == [0, *ones]:
        return _at_most(1, ", ".join(columns))
    return None
