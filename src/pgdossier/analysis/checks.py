"""CHECK conditions in words, where the pattern is known and nothing is left to doubt.

A condition passes when it is true or NULL, so `x > 0` says nothing about a missing x; neither do the words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pgdossier.analysis import check_presence, expressions
from pgdossier.analysis.check_values import LENGTHS, constant, constants, listed, subject, value
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
from pgdossier.analysis.readable import without_casts, without_label, written
from pgdossier.language import ENGLISH, current, mark, remembered, speaking, tr, trn

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}
_NEGATED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "<>", "<>": "="}
_NEGATED |= {"~": "!~", "~*": "!~*", "~~": "!~~", "~~*": "!~~*"}
_NEGATED |= {"!~": "~", "!~*": "~*", "!~~": "~~", "!~~*": "~~*"}
_COMPARED = {
    ">": mark("{what} is greater than {other}"),
    ">=": mark("{what} is at least {other}"),
    "<": mark("{what} is less than {other}"),
    "<=": mark("{what} is at most {other}"),
    "=": mark("{what} is {other}"),
    "<>": mark("{what} is not {other}"),
}
_BETWEEN = {
    (">=", "<="): mark("{what} is between {start} and {end}"),
    (">=", "<"): mark("{what} is at least {start} and less than {end}"),
    (">", "<="): mark("{what} is greater than {start} and at most {end}"),
    (">", "<"): mark("{what} is greater than {start} and less than {end}"),
}
_IN_TIME = {
    ">": mark("{what} is after {moment}"),
    ">=": mark("{what} is not before {moment}"),
    "<": mark("{what} is before {moment}"),
    "<=": mark("{what} is not after {moment}"),
}
_PATTERNS = {
    "~": mark("{what} matches {pattern}"),
    "!~": mark("{what} does not match {pattern}"),
    "~*": mark("{what} matches {pattern} ignoring case"),
    "!~*": mark("{what} does not match {pattern} ignoring case"),
    "~~": mark("{what} is like {pattern}"),
    "!~~": mark("{what} is not like {pattern}"),
    "~~*": mark("{what} is like {pattern} ignoring case"),
    "!~~*": mark("{what} is not like {pattern} ignoring case"),
}
_LONG = {
    "<=": mark("{what} is at most {size} long"),
    "<": mark("{what} is less than {size} long"),
    ">=": mark("{what} is at least {size} long"),
    ">": mark("{what} is more than {size} long"),
    "=": mark("{what} is exactly {size} long"),
}
_TIME_TYPES = ("date", "timestamp")
_TEXT_TYPES = frozenset(("text", "character varying", "bpchar"))


@remembered(10_000)  # many columns are checked as others are
def in_words(expression: str) -> str | None:
    """The condition as one clause: `status is one of active, closed`, `price is at least 0`.

    Args:
        expression: A condition as PostgreSQL prints it, of a table's or a domain's CHECK.

    Returns:
        Plain text without markup, None when some part of the condition is of no known pattern.
    """
    node = expressions.parse(expression)
    return None if node is None else _words(node)


def value_list(expression: str) -> tuple[str, tuple[str, ...]] | None:
    """The column and the only values it can have, when that is what the condition says (NULL aside).

    Returns:
        The column's name (`value` for a domain) and the values as text; None for every other condition.
    """
    node = expressions.parse(expression)
    found = None if node is None else listed(node)
    if found is None:
        return None
    name, values = found
    return name.text, tuple(one.text for one in values)


def not_null_columns(expression: str) -> frozenset[str] | None:
    """The columns that the condition wants to be not null, None when it says anything else."""
    node = expressions.parse(expression)
    columns = set()
    for part in node.operands if isinstance(node, And) else (node,):
        match part:
            case Test(operand=Name(text=text), what="null", negated=True):
                columns.add(text)
            case _:
                return None
    return frozenset(columns)


def columns_given(expression: str) -> frozenset[str]:
    """Columns that are not null in every row for which the condition is true, as far as it is certain."""
    node = expressions.parse(expression)
    columns = set()
    for part in node.operands if isinstance(node, And) else (node,):
        match part:
            case Test(operand=Name(text=text), what="null", negated=True):
                columns.add(text)
            case Name(text=text) | Not(operand=Name(text=text)):
                columns.add(text)
            case Operation(operator=operator, left=left, right=right, schema=None) if operator in _COMPARED:
                columns.update(
                    side.text for side in map(without_label, (left, right)) if isinstance(side, Name)
                )
            case Quantified(operator="=", left=left, every=False, schema=None):
                columns.update(bare.text for bare in (without_label(left),) if isinstance(bare, Name))
    return frozenset(columns)


def _words(node: Node) -> str | None:
    """The clause of a condition, with the forms that stand for a rule as a whole tried first."""
    for reading in (check_presence.rule, _value_list, _READINGS.get(type(node))):
        text = reading(node) if reading is not None else None
        if text is not None:
            return text
    return None


def _clause(node: Node) -> str | None:
    """A condition inside another: in parentheses when it could be read as more than one."""
    text = _words(node)
    if text is None:
        return None
    english = text
    if current() != ENGLISH:  # so that every language has the same parentheses
        with speaking(ENGLISH):
            english = _words(node) or ""
    several = any(word in english for word in (" and ", " or ", ", ", ": ", " when "))
    return f"({text})" if several else text


def _clauses(operands: Sequence[Node]) -> list[str] | None:
    texts = [_clause(operand) for operand in operands]
    given = [text for text in texts if text is not None]
    return given if len(given) == len(texts) else None


# Lists of values.


def _value_list(node: Node) -> str | None:
    found = listed(node)
    if found is None or (isinstance(node, Or) and any(isinstance(part, Test) for part in node.operands)):
        return None
    column, values = found
    return _member(column.text, values)


def _member(what: str, values: Sequence[Literal], *, none: bool = False) -> str | None:
    texts = [text for text in map(constant, values) if text is not None]
    if len(texts) != len(values):
        return None
    if len(texts) > 1:
        listed_texts = ", ".join(texts)
        if none:
            return tr("{what} is none of {values}", what=what, values=listed_texts)
        return tr("{what} is one of {values}", what=what, values=listed_texts)
    if values[0].text == "":
        return tr("{what} is not empty", what=what) if none else tr("{what} is empty", what=what)
    return tr(_COMPARED["<>" if none else "="], what=what, other=texts[0])


def _quantified(node: Quantified) -> str | None:
    none = {("=", False): False, ("<>", True): True}.get((node.operator, node.every))
    values, what = constants(node.array), subject(node.left)
    if none is None or values is None or what is None or node.schema is not None:
        return None
    return _member(what, values, none=none)


# Truth values and tests.


def _name(node: Name) -> str:
    return tr("{what} is true", what=node.text)


def _call(node: Call) -> str:
    return tr("{what} is true", what=written(node))


def _test(node: Test) -> str | None:
    what = subject(node.operand)
    if what is None or not isinstance(without_label(node.operand), Name | Call):
        return None
    return tr(_COMPARED["<>" if node.negated else "="], what=what, other=node.what)


def _distinct(node: Distinct) -> str | None:
    what, other = subject(node.left), value(node.right)
    if what is None or other is None:
        return None
    if node.negated:
        return tr("{what} is the same as {other}", what=what, other=other)
    return tr("{what} differs from {other}", what=what, other=other)


# Comparisons. Operators of other schemas than the server's own may mean anything.


def _operation(node: Operation) -> str | None:
    if node.schema is not None:
        return None
    if node.operator in _PATTERNS:
        return _pattern(node)
    if node.operator in ("=", "<>") and (_is_condition(node.left) or _is_condition(node.right)):
        return _equivalence(node)
    if node.operator in _COMPARED:
        return _comparison(node.operator, node.left, node.right)
    return None


def _pattern(node: Operation) -> str | None:
    what, pattern = subject(node.left), node.right
    if isinstance(pattern, Cast) and pattern.type in _TEXT_TYPES:  # `~` of other types is not a match
        pattern = pattern.operand
    if what is None or not isinstance(pattern, Literal) or not pattern.text.strip():
        return None
    return tr(_PATTERNS[node.operator], what=what, pattern=pattern.text)


def _comparison(operator: str, left: Node, right: Node) -> str | None:
    if isinstance(without_casts(left), Literal) or _reads_better_turned(operator, left, right):
        operator, left, right = _FLIPPED[operator], right, left
    what, other = subject(left), value(right)
    if what is None or other is None:
        return None
    if isinstance(without_label(right), Literal):
        return _limit(operator, left, right) or tr(_COMPARED[operator], what=what, other=other)
    if operator == "=":
        return _letter_case(left, right) or tr("{what} equals {other}", what=what, other=other)
    if operator == "<>":
        return tr("{what} differs from {other}", what=what, other=other)
    return tr(_COMPARED[operator], what=what, other=other)


def _reads_better_turned(operator: str, left: Node, right: Node) -> bool:
    """`lower(code) = code` says something about code, not about lower(code)."""
    call = without_label(left)
    return operator == "=" and isinstance(call, Call) and isinstance(without_label(right), Name)


def _letter_case(left: Node, right: Node) -> str | None:
    match without_label(right):
        case Call(name="lower" | "upper" as case, arguments=(argument,)) if without_label(
            argument
        ) == without_label(left):
            if case == "lower":
                return tr("{what} is in lower case", what=subject(left))
            return tr("{what} is in upper case", what=subject(left))
        case _:
            return None


def _limit(operator: str, left: Node, right: Node) -> str | None:
    """Comparisons with a constant that have words of their own: moments, empty text, lengths."""
    limit = without_label(right)
    if not isinstance(limit, Literal):
        return None
    if limit.kind == "string" and limit.text == "" and operator in ("=", "<>"):
        if operator == "=":
            return tr("{what} is empty", what=subject(left))
        return tr("{what} is not empty", what=subject(left))
    if isinstance(right, Cast) and right.type.startswith(_TIME_TYPES) and operator in _IN_TIME:
        return tr(_IN_TIME[operator], what=subject(left), moment=constant(limit))
    return _length(operator, left, limit.text) if limit.text.isdecimal() else None


def _length(operator: str, left: Node, limit: str) -> str | None:
    """A limit on a length, where its unit is certain: `length` counts bytes as well as characters."""
    match without_label(left):
        case Call(name=name, arguments=(argument,)) if name in LENGTHS:
            in_bytes = False
        case Call(name="length", arguments=(Cast(type="text") as argument,)):
            in_bytes = False
        case Call(name="octet_length", arguments=(argument,)):
            in_bytes = True
        case _:
            return None
    what, number = value(argument), int(limit)
    if what is None:
        return None
    if (operator, number) in ((">", 0), (">=", 1), ("<>", 0)):
        return tr("{what} is not empty", what=what)
    if operator not in _LONG:
        return None
    size = (
        trn("{count} byte", "{count} bytes", number, count=number)
        if in_bytes
        else trn("{count} character", "{count} characters", number, count=number)
    )
    return tr(_LONG[operator], what=what, size=size)


# Conditions made of conditions.


def _is_condition(node: Node) -> bool:
    """Whether a node is a truth value by its form (a bare column could be anything)."""
    match node:
        case Test() | And() | Or() | Not() | Distinct() | Quantified() | Literal(kind="boolean"):
            return True
        case Operation(operator=operator):
            return operator in _COMPARED or operator in _PATTERNS
        case _:
            return False


def _equivalence(node: Operation) -> str | None:
    """Two conditions compared: `(a IS NULL) = (kind = 1)`."""
    left, right = node.left, node.right
    if isinstance(left, Literal):
        left, right = right, left
    if isinstance(right, Literal):
        return _words(left) if (right.text == "true") == (node.operator == "=") else _negated(left)
    first, second = _clause(left), _clause(right)
    if first is None or second is None:
        return None
    if node.operator == "<>":
        return tr("either {first} or {second}, not both", first=first, second=second)
    return tr("{first} exactly when {second}", first=first, second=second)


def _not(node: Not) -> str | None:
    return _negated(node.operand)


def _negated(node: Node) -> str | None:
    """The words for NOT node: the opposite where there is one."""
    match node:
        case Name() | Call():
            return tr("{what} is false", what=written(node) if isinstance(node, Call) else node.text)
        case Not(operand=operand):
            return _words(operand)
        case And(operands=operands) | Or(operands=operands):
            parts = _clauses(operands)
            if parts is None:
                return None
            conditions = "; ".join(parts)
            if isinstance(node, And):
                return tr("never at the same time: {conditions}", conditions=conditions)
            return tr("none of these: {conditions}", conditions=conditions)
        case _:
            opposite = _opposite(node)
            return None if opposite is None else _words(opposite)


def _opposite(node: Node) -> Node | None:
    match node:
        case Test(operand=operand, what=what, negated=negated):
            return Test(operand, what, not negated)
        case Distinct(left=left, right=right, negated=negated):
            return Distinct(left, right, not negated)
        case Operation(operator=operator, left=left, right=right, schema=schema) if operator in _NEGATED:
            return Operation(_NEGATED[operator], left, right, schema)
        case Quantified(operator="=" | "<>" as operator, left=left, array=array, every=every, schema=schema):
            return Quantified(_NEGATED[operator], left, array, not every, schema)
        case _:
            return None


def _and(node: And) -> str | None:
    """Conditions that must all hold; those about one thing are told together."""
    parts: list[str] = []
    rest = list(node.operands)
    while rest:
        grouped = _range(rest) or _same_nulls(rest)
        if grouped is None:
            single = _clause(rest[0])
            if single is None:
                return None
            grouped = single, 1
        parts.append(grouped[0])
        rest = rest[grouped[1] :]
    return tr(" and ").join(parts)


def _end(node: Node) -> tuple[Node, str, Node] | None:
    """Subject, operator and constant of one end of a range."""
    match node:
        case Operation(operator=operator, left=left, right=right, schema=None) if operator in _IN_TIME:
            if isinstance(without_casts(left), Literal):
                operator, left, right = _FLIPPED[operator], right, left
            return (left, operator, right) if isinstance(without_casts(right), Literal) else None
        case _:
            return None


def _range(operands: Sequence[Node]) -> tuple[str, int] | None:
    """`x >= 1 AND x <= 5` as one clause, with the number of operands it took."""
    ends = [_end(operand) for operand in operands[:2]]
    found = sorted((end for end in ends if end is not None), key=lambda end: end[1], reverse=True)
    if len(found) < 2 or without_label(found[0][0]) != without_label(found[1][0]):
        return None
    (left, lower, low), (_, upper, high) = found
    what, start, end = subject(left), value(low), value(high)
    if lower[0] != ">" or upper[0] != "<" or what is None or start is None or end is None:
        return None
    return tr(_BETWEEN[lower, upper], what=what, start=start, end=end), 2


def _same_nulls(operands: Sequence[Node]) -> tuple[str, int] | None:
    """`a IS NULL AND b IS NULL AND …` as one clause, with the number of operands it took."""
    names: list[str] = []
    kinds: set[bool] = set()
    for node in operands:
        match node:
            case Test(operand=Name(text=text), what="null", negated=negated) if kinds <= {negated}:
                names.append(text)
                kinds.add(negated)
            case _:
                break
    if len(names) < 2:
        return None
    first, last = ", ".join(names[:-1]), names[-1]
    if kinds == {True}:
        return tr("{names} and {last} are not null", names=first, last=last), len(names)
    return tr("{names} and {last} are null", names=first, last=last), len(names)


def _or(node: Or) -> str | None:
    """Conditions of which one must hold; the forms that mean "if" and "if given" are told so."""
    operands = node.operands
    found = _if_given(operands) or _if(operands)
    if found is not None:
        return found
    parts = _clauses(operands)
    return None if parts is None else tr(" or ").join(parts)


def _if_given(operands: Sequence[Node]) -> str | None:
    """`x IS NULL OR x > 0`."""
    if len(operands) != 2:
        return None
    for test, other in (operands, operands[::-1]):
        match test:
            case Test(operand=Name() as column, what="null", negated=False) if _is_about(other, column):
                text = _words(other)
                return None if text is None else tr("{condition}, if given", condition=text)
    return None


def _if(operands: Sequence[Node]) -> str | None:
    """`kind <> 1 OR …`."""
    first, rest = operands[0], operands[1:]
    match first:
        case Operation(operator="<>", left=left, right=right, schema=None) if isinstance(
            without_label(left), Name
        ) and isinstance(without_casts(right), Literal):
            condition = _words(Operation("=", left, right))
            consequence = _words(rest[0] if len(rest) == 1 else Or(tuple(rest)))
            if condition is None or consequence is None:
                return None
            return tr("if {condition}: {consequence}", condition=condition, consequence=consequence)
        case _:
            return None


def _is_about(node: Node, column: Name) -> bool:
    """Whether the column is the only one that the condition mentions."""
    if isinstance(node, Name):
        return node == column
    return all(_is_about(child, column) for child in expressions.children(node))


_READINGS: Mapping[type[Node], Callable[..., str | None]] = {
    Name: _name,
    Call: _call,
    Test: _test,
    Distinct: _distinct,
    Quantified: _quantified,
    Operation: _operation,
    Not: _not,
    And: _and,
    Or: _or,
}
