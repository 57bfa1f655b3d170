"""One trial that can be run again: what it needs, what it does, and what the server says to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pgdossier.model.names import QualifiedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The ordinary row of a table: the statements that make it, and the tables whose rows come first."""

    table: QualifiedName
    statements: tuple[str, ...]
    needs: tuple[QualifiedName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A trial as SQL.

    Attributes:
        subject: The table or type.
        title: What it shows: `not null of name`, `check chk_price`.
        needs: The tables whose ordinary rows it takes for granted.
        before: What is done first; the server accepts all of it.
        last: The statement that is judged.
        sqlstate: What the server refuses it with; empty when it accepts it.
        constraint: The constraint that the server names, if it names one.
        column: The column that the server names, if it names one.
        expected: Queries, each with the text that it gives after `last`, when that is accepted.
    """

    subject: QualifiedName
    title: str
    needs: tuple[QualifiedName, ...] = ()
    before: tuple[str, ...] = ()
    last: str
    sqlstate: str = ""
    constraint: str = ""
    column: str = ""
    expected: tuple[tuple[str, str], ...] = ()


def closure(rows: Mapping[QualifiedName, Row], order: Sequence[QualifiedName], needs: Iterable[QualifiedName]) -> tuple[QualifiedName, ...]:
    """The tables that need a row before a trial can be run, in the order in which their rows are made."""
    wanted: set[QualifiedName] = set()
    left = list(needs)
    while left:
        name = left.pop()
        if name in rows and name not in wanted:
            wanted.add(name)
            left += rows[name].needs
    return tuple(name for name in order if name in wanted)
