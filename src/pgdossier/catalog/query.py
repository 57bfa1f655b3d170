"""A catalog query as a value: its SQL, the version-dependent fragments of it, and the row it decodes to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

R = TypeVar("R", bound=tuple[Any, ...])


class Since(NamedTuple):
    """A piece of SQL that holds from a major version on."""

    major: int
    sql: str


def picking(row: type[R], *fields: str) -> Callable[[R], tuple[Any, ...]]:
    """What takes these fields, several ones, of a row; rows that agree in them share what is made of them."""
    order: tuple[str, ...] = row._fields  # type: ignore[attr-defined]  # as in `decode`
    return itemgetter(*map(order.index, fields))


class Query(msgspec.Struct, Generic[R], frozen=True):
    """One statement over the catalogs.

    The SQL's column aliases are the fields of `row`, in the same order, on every server version. Where
    versions differ, the SQL holds `{name}` and `fragments[name]` what to put there: the entry with the
    highest major that is not above the server's, so that majors newer than the newest known one read like it.
    Parameters are bound (`%(name)s`), never formatted in.

    Args:
        family: The plural name of what is read, for progress and for messages.
        sql: The statement.
        row: A NamedTuple class.
        fragments: What differs between server versions.
    """

    family: str
    sql: str
    row: type[R]
    fragments: Mapping[str, Sequence[Since]] = msgspec.field(default_factory=dict)

    def text(self, major: int) -> str:
        """The statement for a server of that major version."""
        text = self.sql
        for name, choices in self.fragments.items():
            fitting = [choice for choice in choices if choice.major <= major]
            text = text.replace("{" + name + "}", max(fitting).sql)
        return text

    def decode(self, aliases: Sequence[str], values: Iterable[Sequence[Any]]) -> list[R]:
        """Rows from what the server sent.

        Raises:
            LookupError: The aliases are not the fields of the row: a mistake in this package.
        """
        fields = self.row._fields  # type: ignore[attr-defined]  # TypeVar cannot say "a NamedTuple class"
        if tuple(aliases) != fields:
            raise LookupError(f"the query for {self.family} returns {aliases}, not {fields}")
        # What `_make` does but for counting the fields, which the aliases tell: half a million times.
        return list(map(functools.partial(tuple.__new__, self.row), values))
