"""CREATE SEQUENCE, and the options of identity columns. Numbers that PostgreSQL would choose are left out."""

from __future__ import annotations

from collections.abc import Iterable

from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Persistence, Relation
from pgdossier.model.sequences import Sequence

_UNLOGGED_SINCE = 15
_BITS = {"smallint": 15, "integer": 31, "bigint": 63}


def create_sequence(sequence: Sequence) -> str:
    """A sequence without its owning column (see `own_sequence`)."""
    keyword = "UNLOGGED SEQUENCE" if sequence.unlogged else "SEQUENCE"
    kind = [] if sequence.type == "bigint" else [f"AS {sequence.type}"]
    return " ".join([f"CREATE {keyword} {sequence.qualified.sql}", *kind, *number_options(sequence)]) + ";"


def own_sequence(sequence: Sequence) -> list[str]:
    """What ties a sequence to the column that it belongs to; nothing when it belongs to none."""
    owner = sequence.owned_by
    if owner is None or owner.identity:
        return []
    column = f"{owner.relation.sql}.{quote_identifier(owner.column)}"
    return [f"ALTER SEQUENCE {sequence.qualified.sql} OWNED BY {column};"]


def identity_persistence(relation: Relation, sequences: Iterable[Sequence], major: int) -> list[str]:
    """What makes the sequences of identity columns logged or unlogged where their table is not.

    Before PostgreSQL 15 every sequence is logged.
    """
    if major < _UNLOGGED_SINCE:
        return []
    unlogged = relation.persistence is Persistence.UNLOGGED
    return [
        f"ALTER SEQUENCE {sequence.qualified.sql} SET {'UNLOGGED' if sequence.unlogged else 'LOGGED'};"
        for sequence in sequences
        if sequence.unlogged != unlogged
    ]


def number_options(sequence: Sequence) -> list[str]:
    """The options that differ from what PostgreSQL chooses for a sequence of that type and direction."""
    largest = 2 ** _BITS.get(sequence.type, 63) - 1
    ascending = sequence.increment > 0
    minimum, maximum = (1, largest) if ascending else (-largest - 1, -1)
    options = []
    if sequence.increment != 1:
        options.append(f"INCREMENT BY {sequence.increment}")
    if sequence.minimum != minimum:
        options.append(f"MINVALUE {sequence.minimum}")
    if sequence.maximum != maximum:
        options.append(f"MAXVALUE {sequence.maximum}")
    if sequence.start != (sequence.minimum if ascending else sequence.maximum):
        options.append(f"START WITH {sequence.start}")
    if sequence.cache != 1:
        options.append(f"CACHE {sequence.cache}")
    if sequence.cycle:
        options.append("CYCLE")
    return options


def identity_options(sequence: Sequence, table_name: str, column_name: str) -> list[str]:
    """The options of the sequence behind an identity column, with its name where it is not the usual one."""
    name = sequence.name
    usual = f"{table_name}_{column_name}_seq"
    # A usual name that was cut to fit is written out: how the server cuts is its own affair.
    named = [] if name == usual else [f"SEQUENCE NAME {sequence.qualified.sql}"]
    return named + number_options(sequence)
