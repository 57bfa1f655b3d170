"""SQL expressions as PostgreSQL deparses them (ruleutils.c), read into a small tree.

Only the part of the grammar that checks, predicates and defaults are usually made of; `parse` gives None
for everything else. Precedence follows the table "Operator Precedence (highest to lowest)" of the manual,
although the server puts nearly every operation into parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec


class Name(msgspec.Struct, frozen=True):
    """A column, or the VALUE of a domain's check."""

    text: str
    value: bool = False


class Literal(msgspec.Struct, frozen=True):
    """A constant; `text` is its value without quotes, `kind` is string, number, boolean or null."""

    text: str
    kind: str


class Cast(msgspec.Struct, frozen=True):
    """`operand::type`."""

    operand: Node
    type: str


class Call(msgspec.Struct, frozen=True):
    """A function call, or a function in SQL clothes such as CURRENT_DATE (then `bare`)."""

    name: str
    arguments: tuple[Node, ...]
    bare: bool = False


class Array(msgspec.Struct, frozen=True):
    """`ARRAY[…]`."""

    items: tuple[Node, ...]


class Operation(msgspec.Struct, frozen=True):
    """A binary operator; `schema` is given when it was written as OPERATOR(schema.op)."""

    operator: str
    left: Node
    right: Node
    schema: str | None = None


class Negative(msgspec.Struct, frozen=True):
    """Unary minus."""

    operand: Node


class Quantified(msgspec.Struct, frozen=True):
    """`left operator ANY (array)` or `ALL (array)`."""

    operator: str
    left: Node
    array: Node
    every: bool
    schema: str | None = None


class Test(msgspec.Struct, frozen=True):
    """`operand IS [NOT] NULL | TRUE | FALSE | UNKNOWN`; `what` is in lower case."""

    operand: Node
    what: str
    negated: bool


class Distinct(msgspec.Struct, frozen=True):
    """`left IS [NOT] DISTINCT FROM right`."""

    left: Node
    right: Node
    negated: bool


class Not(msgspec.Struct, frozen=True):
    """NOT."""

    operand: Node


class And(msgspec.Struct, frozen=True):
    """AND of two and more; nested ones are flattened."""

    operands: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True):
    """OR of two and more; nested ones are flattened."""

    operands: tuple[Node, ...]


class Collate(msgspec.Struct, frozen=True):
    """`operand COLLATE collation`."""

    operand: Node
    collation: str


Node = (
    Name
    | Literal
    | Cast
    | Call
    | Array
    | Operation
    | Negative
    | Quantified
    | Test
    | Distinct
    | Not
    | And
    | Or
    | Collate
)


class _Unknown(Exception):  # noqa: N818 - never leaves this module
    """The text is outside the grammar."""


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<escaped>[eE]'(?:[^'\\]|''|\\.)*')
      | (?P<string>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")+")
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<cast>::)
      | (?P<mark>[()\[\],.])
      | (?P<operator>[-+*/<>=~!@\#%^&|`?]+)
    )""",
    re.VERBOSE | re.DOTALL,
)

_MULTIWORD_TYPES = (
    "character varying",
    "double precision",
    "bit varying",
    "timestamp with time zone",
    "timestamp without time zone",
    "time with time zone",
    "time without time zone",
)
_BARE_CALLS = frozenset(
    (
        "current_date",
        "current_timestamp",
        "current_time",
        "localtimestamp",
        "localtime",
        "current_user",
        "session_user",
        "user",
        "current_role",
        "current_catalog",
        "current_schema",
    )
)
# Words that begin or continue syntax which this module does not read: never take them for a column (the
# server quotes a column of such a name).
_RESERVED = frozenset(
    """
    all and any array asymmetric between both case collate distinct else end exists from ilike in interval is
    isnull leading like not notnull null or row select similar some symmetric then to trailing unique using
    variadic when where
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
COMPARISONS = frozenset(("<", ">", "=", "<=", ">=", "<>", "!="))
# Far deeper than what people write, and shallow enough for the recursion here and in the readers.
_MAXIMUM_DEPTH = 30
_MAXIMUM_LENGTH = 20_000
# The schemas whose operators of familiar names mean what the names say: the server's own, and none other.
_OWN = "pg_catalog"


@lru_cache(maxsize=20_000)
def parse(text: str) -> Node | None:
    """The expression as a tree, None when it is (or may be) outside of what is understood here."""
    if len(text) > _MAXIMUM_LENGTH:
        return None
    try:
        parser = _Parser(_tokens(text))
        node = parser.expression()
        parser.end()
    except _Unknown:
        return None
    return node if _depth_is_bounded(node) else None


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, in the order of the text."""
    match node:
        case Cast() | Negative() | Test() | Not() | Collate():
            return (node.operand,)
        case Operation() | Distinct():
            return (node.left, node.right)
        case Quantified():
            return (node.left, node.array)
        case Call():
            return node.arguments
        case Array():
            return node.items
        case And() | Or():
            return node.operands
        case _:
            return ()


def _depth_is_bounded(node: Node) -> bool:
    """Whether chains that need no parentheses (`a + b + …`) are not too deep for the readers either."""
    level = [node]
    for _ in range(2 * _MAXIMUM_DEPTH):
        level = [child for one in level for child in children(one)]
        if not level:
            return True
    return False


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _Unknown
        if "--" in match[0] and match.lastgroup == "operator":
            raise _Unknown
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def _unescaped(text: str) -> str:
    plain = text[2:-1].replace("''", "'")
    return re.sub(r"\\(.)", _escaped, plain, flags=re.DOTALL)


def _escaped(found: re.Match[str]) -> str:
    if found[1] in "01234567xuU":  # codes of characters: the server does not write them
        raise _Unknown
    return _ESCAPES.get(found[1], found[1])


class _Parser:
    """Recursive descent, one method per level of precedence."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _is(self, *texts: str, ahead: int = 0) -> bool:
        """Whether the next tokens are those words, marks or operators (words in lower case)."""
        for offset, text in enumerate(texts):
            kind, found = self._peek(ahead + offset)
            if kind in ("string", "escaped", "quoted", "number", "end"):
                return False
            if (found.lower() if kind == "word" else found) != text:
                return False
        return True

    def _takes(self, *texts: str) -> bool:
        if self._is(*texts):
            self._at += len(texts)
            return True
        return False

    def _expect(self, *texts: str) -> None:
        if not self._takes(*texts):
            raise _Unknown

    def end(self) -> None:
        if self._peek()[0] != "end":
            raise _Unknown

    def expression(self) -> Node:
        self._depth += 1
        if self._depth > _MAXIMUM_DEPTH:
            raise _Unknown
        node = self._or()
        self._depth -= 1
        return node

    def _or(self) -> Node:
        operands = [self._and()]
        while self._takes("or"):
            operands.append(self._and())
        return operands[0] if len(operands) == 1 else Or(_flat(operands, Or))

    def _and(self) -> Node:
        operands = [self._not()]
        while self._takes("and"):
            operands.append(self._not())
        return operands[0] if len(operands) == 1 else And(_flat(operands, And))

    def _not(self) -> Node:
        negations = 0
        while self._takes("not"):
            negations += 1
        node = self._is_test()
        for _ in range(negations):
            node = Not(node)
        return node

    def _is_test(self) -> Node:
        node = self._comparison()
        while self._takes("is"):
            negated = self._takes("not")
            if self._takes("distinct", "from"):
                node = Distinct(node, self._comparison(), negated)
                continue
            kind, word = self._next()
            if kind != "word" or word.lower() not in ("null", "true", "false", "unknown"):
                raise _Unknown
            node = Test(node, word.lower(), negated)
        return node

    def _comparison(self) -> Node:
        node = self._membership()
        kind, text = self._peek()
        if kind == "operator" and text in COMPARISONS:
            self._next()
            return self._operand_of("<>" if text == "!=" else text, node, None, self._membership)
        return node

    def _membership(self) -> Node:
        """BETWEEN and IN, which the server itself never prints, but people write."""
        node = self._other_operators()
        negated = self._is("not") and self._peek(1)[1].lower() in ("between", "in")
        if negated:
            self._next()
        if self._takes("between"):
            low = self._other_operators()
            self._expect("and")
            high = self._other_operators()
            between = And((Operation(">=", node, low), Operation("<=", node, high)))
            return Not(between) if negated else between
        if self._takes("in"):
            self._expect("(")
            items = self._list(")")
            operator = "<>" if negated else "="
            return Quantified(operator, node, Array(items), every=negated)
        return node

    def _other_operators(self) -> Node:
        node = self._sum()
        while True:
            schema: str | None = None
            kind, text = self._peek()
            if self._is("operator", "("):
                self._at += 2
                schema = self._word()
                self._expect(".")
                kind, text = self._next()
                self._expect(")")
                if kind != "operator":
                    raise _Unknown
                schema = None if schema == _OWN else schema
                node = self._operand_of(text, node, schema, self._sum)
            elif (
                kind == "operator" and text not in COMPARISONS and text not in ("+", "-", "*", "/", "%", "^")
            ):
                self._next()
                node = self._operand_of(text, node, None, self._sum)
            else:
                return node

    def _operand_of(self, operator: str, left: Node, schema: str | None, operand: Callable[[], Node]) -> Node:
        """The right side of an operator, which may be ANY or ALL of an array."""
        for word in ("any", "all"):
            if self._takes(word, "("):
                array = self.expression()
                self._expect(")")
                return Quantified(operator, left, array, every=word == "all", schema=schema)
        return Operation(operator, left, operand(), schema)

    def _sum(self) -> Node:
        node = self._product()
        while self._peek() in (("operator", "+"), ("operator", "-")):
            operator = self._next()[1]
            node = Operation(operator, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._power()
        while self._peek() in (("operator", "*"), ("operator", "/"), ("operator", "%")):
            operator = self._next()[1]
            node = Operation(operator, node, self._power())
        return node

    def _power(self) -> Node:
        node = self._collated()
        while self._takes("^"):
            node = Operation("^", node, self._collated())
        return node

    def _collated(self) -> Node:
        node = self._signed()
        while self._takes("collate"):
            name = self._word()
            while self._takes("."):
                name = f"{name}.{self._word()}"
            node = Collate(node, name)
        return node

    def _signed(self) -> Node:
        negative = False
        while self._peek() in (("operator", "-"), ("operator", "+")):
            negative ^= self._next()[1] == "-"
        node = self._cast()
        return Negative(node) if negative else node

    def _cast(self) -> Node:
        node = self._primary()
        while True:
            kind, _ = self._peek()
            if kind != "cast":
                return node
            self._next()
            node = Cast(node, self._type())

    def _type(self) -> str:
        for words in _MULTIWORD_TYPES:
            if self._takes(*words.split()):
                return words + self._modifiers()
        # `timestamp(3) with time zone`: the modifier stands inside the name.
        name = self._word_or_quoted()
        while self._takes("."):
            name = f"{name}.{self._word_or_quoted()}"
        name += self._modifiers()
        for zone in ("with time zone", "without time zone"):
            if name.startswith("time") and self._takes(*zone.split()):
                name = f"{name} {zone}"
        return name + self._modifiers()

    def _modifiers(self) -> str:
        text = ""
        if self._is("(") and self._peek(1)[0] == "number":
            self._next()
            numbers = [self._next()[1]]
            while self._takes(","):
                numbers.append(self._next()[1])
            self._expect(")")
            text += f"({','.join(numbers)})"
        while self._takes("[", "]"):
            text += "[]"
        return text

    def _word_or_quoted(self) -> str:
        """A part of a type's name, quoted where it was."""
        kind, text = self._next()
        if kind not in ("quoted", "word"):
            raise _Unknown
        return text

    def _word(self) -> str:
        kind, text = self._next()
        if kind == "quoted":
            return text[1:-1].replace('""', '"')
        if kind == "word" and text.lower() not in _RESERVED:
            return text.lower()
        raise _Unknown

    def _list(self, end: str) -> tuple[Node, ...]:
        if self._takes(end):
            return ()
        items = [self.expression()]
        while self._takes(","):
            items.append(self.expression())
        self._expect(end)
        return tuple(items)

    def _primary(self) -> Node:
        kind, text = self._peek()
        if self._takes("("):
            node = self.expression()
            self._expect(")")
            if self._is(".") or self._is("["):
                raise _Unknown  # a field of a composite value, an element of an array
            return node
        if kind == "string":
            self._next()
            return Literal(text[1:-1].replace("''", "'"), "string")
        if kind == "escaped":
            self._next()
            return Literal(_unescaped(text), "string")
        if kind == "number":
            self._next()
            return Literal(text, "number")
        return self._named()

    def _named(self) -> Node:
        if self._takes("array", "["):
            return Array(self._list("]"))
        kind, text = self._peek()
        lower = text.lower() if kind == "word" else ""
        if lower in ("true", "false", "null"):
            self._next()
            return Literal(lower, "null" if lower == "null" else "boolean")
        if lower in _BARE_CALLS and not self._is("(", ahead=1):
            self._next()
            return Call(lower, (), bare=True)
        if lower == "value":
            self._next()
            return Name("value", value=True)
        if self._is("extract", "("):
            return self._extract()
        if self._is("trim", "("):
            return self._trim()
        name = self._word()
        while self._takes("."):
            name = f"{name}.{self._word()}"
        if self._takes("("):
            return Call(name, self._list(")"))
        if "." in name or self._is("[") or self._peek()[0] in ("string", "escaped"):
            raise _Unknown  # a qualified column, an element of an array, `interval '1 day'`
        return Name(name)

    def _extract(self) -> Node:
        self._at += 2
        kind, text = self._next()
        if kind not in ("word", "string"):
            raise _Unknown
        field = text.strip("'").lower()
        self._expect("from")
        operand = self.expression()
        self._expect(")")
        return Call("extract", (Literal(field, "string"), operand))

    def _trim(self) -> Node:
        self._at += 2
        if not self._takes("both", "from"):
            raise _Unknown
        operand = self.expression()
        self._expect(")")
        return Call("btrim", (operand,))


def _flat(operands: list[Node], kind: type[And] | type[Or]) -> tuple[Node, ...]:
    found: list[Node] = []
    for operand in operands:
        if isinstance(operand, kind):
            found.extend(operand.operands)
        else:
            found.append(operand)
    return tuple(found)
