"""Definitions of keys, foreign keys, checks and plain indexes, put together as the server prints them.

The server's own functions look every object up again, one by one: for ten thousand tables that takes longer
than all the rest. What they print for the usual object follows from columns that are read anyway. What is not
usual (expressions, predicates, options, foreign collations) is left to the server, and so is everything on a
server that is newer than those whose wording is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pgdossier.catalog.query import Query
from pgdossier.model.names import quote_identifier

# Where the wording is known; a newer server prints its definitions itself.
KNOWN_UNTIL = 18


class KeywordRow(NamedTuple):
    """One word that an identifier must not be without quotes."""

    word: str


KEYWORDS = Query(
    family="keywords",
    row=KeywordRow,
    sql="SELECT k.word AS word FROM pg_catalog.pg_get_keywords() k WHERE k.catcode <> 'U'",
)

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")


class Quoting(dict[str, str]):
    """Identifiers as the server quotes them (`quote_identifier` of ruleutils.c), by their names.

    Args:
        rows: The server's words; none means those of every version that is known.
    """

    def __init__(self, rows: Iterable[KeywordRow] = ()) -> None:
        super().__init__()
        self._words = frozenset(row.word for row in rows)

    def __missing__(self, name: str) -> str:
        if not self._words:
            found = quote_identifier(name)
        elif _PLAIN.match(name) and name not in self._words:
            found = name
        else:
            found = '"' + name.replace('"', '""') + '"'
        self[name] = found
        return found

    def qualified(self, schema: str, name: str) -> str:
        """The name of something in a schema."""
        return f"{self[schema]}.{self[name]}"

    def list(self, names: Iterable[str], *, period: bool = False) -> str:
        """Columns between parentheses; `period` marks the last of them."""
        quoted = [self[name] for name in names]
        if period:
            quoted[-1] = f"PERIOD {quoted[-1]}"
        return ", ".join(quoted)


def _tail(*, deferrable: bool, initially_deferred: bool, validated: bool, enforced: bool) -> str:
    """What follows any constraint."""
    text = " DEFERRABLE" if deferrable else ""
    if initially_deferred:
        text += " INITIALLY DEFERRED"
    if not enforced:
        return text + " NOT ENFORCED"
    return text if validated else text + " NOT VALID"


def key(
    quoting: Quoting,
    columns: Sequence[str],
    include: Sequence[str],
    *,
    primary: bool,
    nulls_not_distinct: bool,
    without_overlaps: bool,
    deferrable: bool,
    initially_deferred: bool,
) -> str:
    """A primary key or a unique constraint."""
    text = "PRIMARY KEY (" if primary else "UNIQUE NULLS NOT DISTINCT (" if nulls_not_distinct else "UNIQUE ("
    text += quoting.list(columns)
    text += " WITHOUT OVERLAPS)" if without_overlaps else ")"
    if include:
        text += f" INCLUDE ({quoting.list(include)})"
    if deferrable:
        text += " DEFERRABLE"
    return text + " INITIALLY DEFERRED" if initially_deferred else text


# pg_constraint's confmatchtype, confupdtype and confdeltype.
_MATCHES = {"s": "", "f": " MATCH FULL", "p": " MATCH PARTIAL"}
_ACTIONS = {"a": "", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def references(
    quoting: Quoting, target: tuple[str, str], target_columns: Sequence[str], *, period: bool
) -> str:
    """What a foreign key references."""
    return f"REFERENCES {quoting.qualified(*target)}({quoting.list(target_columns, period=period)})"


def reactions(
    quoting: Quoting,
    *,
    match: str,
    on_update: str,
    on_delete: str,
    on_delete_columns: Sequence[str],
    deferrable: bool,
    initially_deferred: bool,
    validated: bool,
    enforced: bool,
) -> str:
    """How a foreign key acts; `match`, `on_update` and `on_delete` are the catalog's letters, known ones."""
    text = _MATCHES[match]
    if on_update != "a":
        text += f" ON UPDATE {_ACTIONS[on_update]}"
    if on_delete != "a":
        text += f" ON DELETE {_ACTIONS[on_delete]}"
    if on_delete_columns:
        text += f" ({quoting.list(on_delete_columns)})"
    return text + _tail(
        deferrable=deferrable, initially_deferred=initially_deferred, validated=validated, enforced=enforced
    )


def foreign_key(
    quoting: Quoting, columns: Sequence[str], references: str, reactions: str, *, period: bool
) -> str:
    """A foreign key, of what the functions above give."""
    return f"FOREIGN KEY ({quoting.list(columns, period=period)}) {references}{reactions}"


def check(expression: str, *, no_inherit: bool, validated: bool, enforced: bool) -> str:
    """A CHECK; `expression` is what `pg_get_expr` prints."""
    text = f"CHECK ({expression})" + (" NO INHERIT" if no_inherit else "")
    return text + _tail(deferrable=False, initially_deferred=False, validated=validated, enforced=enforced)


def index_key(quoting: Quoting, column: str, operator_class: str, order: int) -> str:
    """A key of an index: a column, an operator class where one is to be named, and pg_index's indoption."""
    text = f"{quoting[column]} {quoting[operator_class]}" if operator_class else quoting[column]
    if order & 1:  # descending, for which nulls first is the default
        return text + (" DESC" if order & 2 else " DESC NULLS LAST")
    return text + " NULLS FIRST" if order & 2 else text


def index_head(quoting: Quoting, name: str, relation: str, *, unique: bool, partitioned: bool) -> str:
    """What the definition of any index begins with, up to the access method; `relation` is SQL."""
    kind = "UNIQUE INDEX" if unique else "INDEX"
    return f"CREATE {kind} {quoting[name]} ON {'ONLY ' if partitioned else ''}{relation} USING "


def index_tail(
    quoting: Quoting, method: str, keys: Iterable[str], include: Sequence[str], *, nulls_not_distinct: bool
) -> str:
    """The rest of the definition of an index on plain columns; `keys` are what `index_key` gives."""
    text = f"{quoting[method]} ({', '.join(keys)})"
    if include:
        text += f" INCLUDE ({quoting.list(include)})"
    return text + " NULLS NOT DISTINCT" if nulls_not_distinct else text
