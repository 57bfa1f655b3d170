"""What rows have to fulfil, as SQL conditions over their columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.trials.values import TypeRef, Types

# Strings, quoted identifiers, and words: to find and replace words that are neither.
_PIECE = re.compile(r"""[eE]?'(?:[^']|'')*'|"(?:[^"]|"")+"|[^\W\d][\w$]*""")


class Condition(msgspec.Struct, frozen=True):
    """A condition of a table: its name, the SQL, and the columns that it mentions."""

    name: str
    expression: str
    columns: tuple[str, ...]


def of_relation(relation: Relation, types: Types) -> tuple[Condition, ...]:
    """The CHECKs of a table and of the domains of its columns, those that are not enforced left out."""
    found = [check(relation, each.name, each.expression) for each in relation.checks if each.enforced]
    return (*found, *_of_domains(relation, types))


def check(relation: Relation, name: str, expression: str) -> Condition:
    """A condition of a table."""
    return Condition(name, expression, mentioned(expression, relation.columns))


def _of_domains(relation: Relation, types: Types) -> Iterator[Condition]:
    for column in relation.columns:
        for domain in types.domains(ref_of(column)):
            for each in domain.checks:
                expression = substituted(each.expression, quote_identifier(column.name))
                yield Condition(f"{column.name} {each.name}", expression, (column.name,))


def ref_of(column: Column) -> TypeRef:
    """The type of a column."""
    return TypeRef(column.type, column.type_name)


def substituted(expression: str, name: str) -> str:
    """The condition of a domain, about that column in place of VALUE."""
    return _PIECE.sub(lambda found: name if found[0] == "VALUE" else found[0], expression)


def mentioned(expression: str, columns: Iterable[Column]) -> tuple[str, ...]:
    """The columns that SQL mentions, or may mention."""
    words = {found[0] for found in _PIECE.finditer(expression) if not found[0].startswith(("'", "e'", "E'"))}
    return tuple(column.name for column in columns if quote_identifier(column.name) in words)
