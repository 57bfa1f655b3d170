"""One trial that can be run again: what it needs, what it does, and what the server says to it."""

from __future__ import annotations

import msgspec

from pgdossier.model.names import QualifiedName


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The ordinary row of a table, as the statements that make it."""

    table: QualifiedName
    statements: tuple[str, ...]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A trial as SQL, for a transaction in which all constraints are checked at once.

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
