"""The n-th value of any type, as text that its input function reads.

The same number gives the same value of a type everywhere, so that keys which tables share fit without effort.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from pgdossier.model.lookup import UserType
from pgdossier.model.names import QualifiedName
from pgdossier.model.types import Composite, Domain, Enum, Range

_TYPE = re.compile(r"\A(?P<name>[^(\[]+)(?:\((?P<typmod>[^)]*)\))?(?P<rest>[^(\[]*)(?P<array>(?:\[\])*)\Z")
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"
_MOST_DEEP = 8


class TypeRef(msgspec.Struct, frozen=True):
    """A type: as `format_type` prints it, and the name of the user-defined one behind it."""

    text: str
    name: QualifiedName | None = None

    @property
    def is_array(self) -> bool:
        """Whether it is an array."""
        return self.text.endswith("[]")

    @property
    def bare(self) -> str:
        """The name without modifiers: `character varying`, `timestamp with time zone`, `vector`."""
        found = _TYPE.match(self.text)
        if found is None:
            return self.text
        bare = f"{found['name'].strip()}{found['rest']}"
        return bare if self.name is None else self.name.name

    @property
    def modifiers(self) -> tuple[int, ...]:
        """The numbers in parentheses: the length of a varchar, precision and scale of a numeric."""
        found = _TYPE.match(self.text)
        return tuple(int(part) for part in re.findall(r"-?\d+", found["typmod"] or "")) if found else ()

    def element(self) -> TypeRef:
        """The type of an array's elements."""
        return TypeRef(self.text.removesuffix("[]"), self.name)


class Types(msgspec.Struct, frozen=True):
    """The user-defined types of a database."""

    known: Mapping[QualifiedName, UserType]

    def definition(self, ref: TypeRef) -> UserType | None:
        """The user-defined type, None for built-in ones, arrays, and those of extensions."""
        return None if ref.name is None or ref.is_array else self.known.get(ref.name)

    def domains(self, ref: TypeRef) -> tuple[Domain, ...]:
        """The domain and the domains that it is made of, the outermost first."""
        found: list[Domain] = []
        while isinstance(domain := self.definition(ref), Domain):
            found.append(domain)
            ref = TypeRef(domain.base_type, domain.base_type_name)
        return tuple(found)

    def base(self, ref: TypeRef) -> TypeRef:
        """The type under all domains."""
        for domain in self.domains(ref):
            ref = TypeRef(domain.base_type, domain.base_type_name)
        return ref

    def nth(self, ref: TypeRef, n: int, depth: int = 0) -> str | None:
        """The n-th value (from 1) of a type as text, without looking at any CHECK; None when unknown."""
        ref = self.base(ref)
        if depth > _MOST_DEEP:
            return None
        if ref.is_array:
            item = self.nth(ref.element(), n, depth + 1)
            return None if item is None else "{" + _quoted(item) + "}"
        found = self._user_type(ref, n, depth)
        if found is not None:
            return found
        if ref.bare in _RANGES:
            return self._range(TypeRef(_RANGES[ref.bare]), n, depth)
        if ref.bare in _MULTIRANGES:
            return "{" + (self._range(TypeRef(_MULTIRANGES[ref.bare]), n, depth) or "") + "}"
        make = _MADE.get(ref.bare)
        return None if make is None else make(n, ref.modifiers)

    def _user_type(self, ref: TypeRef, n: int, depth: int) -> str | None:
        match self.definition(ref):
            case Enum(labels=labels):
                return labels[(n - 1) % len(labels)] if labels else None
            case Composite(attributes=attributes):
                parts = [
                    self.nth(TypeRef(each.type, each.type_name), n, depth + 1) or "" for each in attributes
                ]
                return "(" + ",".join(_quoted(part) if part else "" for part in parts) + ")"
            case Range(subtype=subtype, subtype_name=name):
                return self._range(TypeRef(subtype, name), n, depth)
            case _:
                pass
        for known in self.known.values():
            if isinstance(known, Range) and ref.name is not None and known.multirange_name == ref.name:
                inner = self._range(TypeRef(known.subtype, known.subtype_name), n, depth)
                return None if inner is None else "{" + inner + "}"
        return None

    def _range(self, subtype: TypeRef, n: int, depth: int) -> str | None:
        low, high = self.nth(subtype, 2 * n, depth + 1), self.nth(subtype, 2 * n + 1, depth + 1)
        return None if low is None or high is None else f"[{_quoted(low)},{_quoted(high)})"


_RANGES = {
    "int4range": "integer",
    "int8range": "bigint",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp without time zone",
    "tstzrange": "timestamp with time zone",
}
_MULTIRANGES = {name.replace("range", "multirange"): subtype for name, subtype in _RANGES.items()}


def _quoted(item: str) -> str:
    """An element inside an array, a row or a range."""
    return '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'


def word(n: int, length: int | None = None) -> str:
    """The n-th word: `v1`, `v2`, or as many letters as there is room for."""
    plain = f"v{n}"
    if length is None or len(plain) <= length:
        return plain
    letters = ""
    rest = n - 1
    for _ in range(length):
        letters = _DIGITS[rest % len(_DIGITS)] + letters
        rest //= len(_DIGITS)
    return letters


def _number(n: int, modifiers: tuple[int, ...]) -> str:
    if len(modifiers) == 2 and modifiers[0] - modifiers[1] < len(str(n)):
        scale = modifiers[1]
        return f"0.{n % 10 ** min(modifiers[0], scale):0{scale}d}"
    return str(n)


def _bits(n: int, modifiers: tuple[int, ...]) -> str:
    length = modifiers[0] if modifiers else 1
    return format(n % 2**length, f"0{length}b")


def _vector(n: int, modifiers: tuple[int, ...]) -> str:
    return "[" + ",".join([str(n), *["1"] * ((modifiers[0] if modifiers else 3) - 1)]) + "]"


def _day(n: int) -> datetime:
    return _EPOCH + timedelta(days=n)


Maker = Callable[[int, tuple[int, ...]], str]

_MADE: dict[str, Maker] = {
    **dict.fromkeys(
        ("smallint", "integer", "bigint", "oid", "xid", "xid8", "cid", "money"), lambda n, _: str(n)
    ),
    **dict.fromkeys(("real", "double precision"), lambda n, _: str(n)),
    "numeric": _number,
    "boolean": lambda n, _: "true" if n % 2 else "false",
    **dict.fromkeys(
        ("text", "character varying", "character", "citext", "bpchar"),
        lambda n, modifiers: word(n, modifiers[0] if modifiers else None),
    ),
    "name": lambda n, _: word(n),
    '"char"': lambda n, _: _DIGITS[(n - 1) % len(_DIGITS)],
    "uuid": lambda n, _: f"00000000-0000-4000-8000-{n:012d}",
    "bytea": lambda n, _: f"\\x{n:04x}",
    **dict.fromkeys(("json", "jsonb"), lambda n, _: f'{{"n": {n}}}'),
    "jsonpath": lambda n, _: f"$.a{n}",
    "xml": lambda n, _: f"<n>{n}</n>",
    "date": lambda n, _: f"{_day(n):%Y-%m-%d}",
    "timestamp without time zone": lambda n, _: f"{_day(n):%Y-%m-%d} 00:00:00",
    "timestamp with time zone": lambda n, _: f"{_day(n):%Y-%m-%d} 00:00:00+00",
    "time without time zone": lambda n, _: f"00:{n // 60 % 60:02d}:{n % 60:02d}",
    "time with time zone": lambda n, _: f"00:{n // 60 % 60:02d}:{n % 60:02d}+00",
    "interval": lambda n, _: f"{n} days",
    "inet": lambda n, _: f"10.0.{n // 250}.{n % 250 + 1}",
    "cidr": lambda n, _: f"10.{n // 250}.{n % 250}.0/24",
    "macaddr": lambda n, _: f"08:00:2b:01:{n // 256 % 256:02x}:{n % 256:02x}",
    "macaddr8": lambda n, _: f"08:00:2b:01:02:03:{n // 256 % 256:02x}:{n % 256:02x}",
    "bit": _bits,
    "bit varying": _bits,
    "point": lambda n, _: f"({n},{n})",
    "line": lambda n, _: f"{{1,2,{n}}}",
    "lseg": lambda n, _: f"[(0,0),({n},{n})]",
    "box": lambda n, _: f"({n}.9,{n}.9),({n},{n})",
    "path": lambda n, _: f"((0,0),({n},{n}))",
    "polygon": lambda n, _: f"((0,0),({n},{n}),({n},0))",
    "circle": lambda n, _: f"<({n},{n}),0.4>",
    "tsvector": lambda n, _: f"'word{n}'",
    "tsquery": lambda n, _: f"'word{n}'",
    "pg_lsn": lambda n, _: f"0/{n:X}",
    "tid": lambda n, _: f"(0,{n})",
    **dict.fromkeys(("pg_snapshot", "txid_snapshot"), lambda n, _: f"{n}:{n}:"),
    **dict.fromkeys(("int2vector", "oidvector"), lambda n, _: str(n)),
    "regclass": lambda n, _: ("pg_class", "pg_type", "pg_proc")[(n - 1) % 3],
    "regtype": lambda n, _: ("integer", "text", "date")[(n - 1) % 3],
    "regproc": lambda n, _: ("now", "pi", "version")[(n - 1) % 3],
    "regprocedure": lambda n, _: ("now()", "pi()", "version()")[(n - 1) % 3],
    "regrole": lambda n, _: "pg_monitor",
    "regnamespace": lambda n, _: "pg_catalog",
    "regconfig": lambda n, _: ("simple", "english")[(n - 1) % 2],
    "regdictionary": lambda n, _: "simple",
    # Types of well-known extensions.
    "hstore": lambda n, _: f'"n"=>"{n}"',
    "ltree": lambda n, _: f"top.n{n}",
    "lquery": lambda n, _: f"top.n{n}",
    "ltxtquery": lambda n, _: f"n{n}",
    "cube": lambda n, _: f"({n})",
    "seg": lambda n, _: str(n),
    "semver": lambda n, _: f"1.0.{n}",
    **dict.fromkeys(("vector", "halfvec"), _vector),
    "sparsevec": lambda n, modifiers: f"{{1:{n}}}/{modifiers[0] if modifiers else 3}",
    "geometry": lambda n, modifiers: (
        (f"SRID={modifiers[-1]};" if modifiers else "") + f"POINT({n % 90} {n % 90})"
    ),
    "geography": lambda n, _: f"POINT({n % 90} {n % 90})",
    "ean13": lambda n, _: "9780393040029",
    "isbn13": lambda n, _: "9780393040029",
    "isbn": lambda n, _: "9780393040029",
}
NUMBERS = frozenset(("smallint", "integer", "bigint", "numeric", "real", "double precision", "money", "oid"))
TEXTS = frozenset(("text", "character varying", "character", "citext", "bpchar", "name"))
MOMENTS = frozenset(("date", "timestamp without time zone", "timestamp with time zone"))
