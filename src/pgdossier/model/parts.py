"""What values of the model consist of: a million of them are gone through kind by kind, not one by one.

Every field of the model holds a single value, a tuple of values of one kind, or a tuple of such tuples, which
its type tells, so no value has to be asked what it is.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec


class Part(NamedTuple):
    """A field of some kind of value.

    Attributes:
        name: Its name.
        kind: The kind of the values in it, None aside.
        depth: How many tuples there are around these.
    """

    name: str
    kind: type
    depth: int

    @property
    def structured(self) -> bool:
        """Whether the values have parts themselves."""
        return issubclass(self.kind, msgspec.Struct)


@functools.cache
def parts(kind: type[msgspec.Struct]) -> tuple[Part, ...]:
    """The fields of a kind of value.

    Raises:
        TypeError: The values of a field are of more than one kind.
    """
    hints = get_type_hints(kind)
    return tuple(Part(field, *_kind(hints[field])) for field in kind.__struct_fields__)


def _kind(hint: Any, depth: int = 0) -> tuple[type, int]:
    found = {each for each in get_args(hint) if each not in (NoneType, Ellipsis)}
    if get_origin(hint) is tuple:
        depth += 1
    elif not found:
        return hint, depth
    if len({_kind(each, depth) for each in found}) != 1:
        raise TypeError(f"{hint} is of more than one kind")
    return _kind(found.pop(), depth)


def within(values: Iterable[Any], part: Part) -> list[Any]:
    """Everything that these values have in that field, but for None and what is empty."""
    found: Iterable[Any] = filter(None, map(attrgetter(part.name), values))
    for _ in range(part.depth):
        found = itertools.chain.from_iterable(found)
    return list(found)


def texts(values: Iterable[Any], fields: Sequence[str]) -> Iterable[Any]:
    """What these values have in those fields, which hold texts or None."""
    if not fields:
        return ()
    found = map(attrgetter(*fields), values)
    return found if len(fields) == 1 else itertools.chain.from_iterable(found)


def each(values: Sequence[Any]) -> Sequence[Any]:
    """Each of the objects once: those that say the same can be one object."""
    return tuple(dict(zip(map(id, values), values, strict=True)).values())


def by_kind(values: Sequence[Any]) -> Iterator[tuple[type, Sequence[Any]]]:
    """The values of each kind together."""
    kinds = set(map(type, values))
    for kind in kinds:
        yield kind, values if len(kinds) == 1 else [value for value in values if type(value) is kind]
