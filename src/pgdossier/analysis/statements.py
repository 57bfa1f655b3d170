"""What the text of a statement names: relations, and columns in its conditions.

sqlglot reads it (pure Python and MIT; pglast, PostgreSQL's own parser, is under the GPL). What sqlglot cannot
read names nothing here.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from sqlglot.expressions import Table

_PARAMETER = re.compile(r'("(?:[^"]|"")*")|\$(\d+)')
# Constants without a number; `?` is an operator as well, so only where a value must stand.
_CONSTANT = re.compile(r'("(?:[^"]|"")*")|(?<=[(,=<>])(\s*)\?(?=\s*[,)])')


class Named(NamedTuple):
    """A relation as the statement names it; `schema` is None when it does not say."""

    schema: str | None
    name: str


class NamedColumn(NamedTuple):
    """A column as the statement names it; `qualifier` is a relation of it, or None when it does not say."""

    qualifier: Named | None
    name: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a statement names.

    Attributes:
        verb: `select`, `insert`, `update`, `delete` or `merge`: the whole statement's.
        relations: The relations, names of WITH queries left out; sorted.
        first: The one that is named first, not counting those inside subqueries where others are named too.
        target: The relation that the whole statement writes; None when it only reads.
        conditions: The columns in WHERE, ON and USING, sorted.
    """

    verb: str
    relations: tuple[Named, ...]
    conditions: tuple[NamedColumn, ...]
    target: Named | None = None
    first: Named | None = None


def read(text: str) -> Reading | None:
    """What that statement names; None when it cannot be told.

    Args:
        text: A statement without constants: `$n` in their places.
    """
    # Loading it takes a tenth of a second, and only documents with statements need it.
    import sqlglot  # noqa: PLC0415 - see above
    from sqlglot import exp  # noqa: PLC0415 - see above

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # it warns of what it does not know
    shown = _CONSTANT.sub(lambda found: found[1] or f"{found[2]}NULL", text)
    shown = _PARAMETER.sub(lambda found: found[1] or f":p{found[2]}", shown)
    try:
        tree = sqlglot.parse_one(shown, dialect="postgres")
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    verb = next(
        (
            word
            for kind, word in (
                (exp.Insert, "insert"),
                (exp.Update, "update"),
                (exp.Delete, "delete"),
                (exp.Merge, "merge"),
                ((exp.Query, exp.Table, exp.Values), "select"),
            )
            if isinstance(tree, kind)
        ),
        None,
    )
    if verb is None:
        return None
    queries = {
        _folded(query.args["alias"].this) for query in tree.find_all(exp.CTE) if query.args.get("alias")
    }
    relations: set[Named] = set()
    aliases: dict[str, Named] = {}
    first: Named | None = None
    for table in tree.find_all(exp.Table):
        name = _named(table)
        if name is None or (name.schema is None and name.name in queries):
            continue
        relations.add(name)
        first = first or name  # found breadth-first: the outermost query's
        alias = table.args.get("alias")
        shown_as = _folded(alias.this) if alias is not None and alias.this is not None else name.name
        aliases[shown_as] = name
    columns: set[NamedColumn] = set()
    for place in tree.find_all(exp.Where, exp.Join, exp.Merge):
        clauses = [place] if isinstance(place, exp.Where) else [place.args.get("on")]
        for clause in clauses:
            for column in clause.find_all(exp.Column) if clause is not None else ():
                if not isinstance(column.this, exp.Identifier):
                    continue
                qualifier = column.args.get("table")
                of = aliases.get(_folded(qualifier)) if qualifier is not None else None
                if qualifier is None or of is not None:
                    columns.add(NamedColumn(of, _folded(column.this)))
    written = tree.this.find(exp.Table) if verb != "select" and tree.this is not None else None
    return Reading(
        verb=verb,
        target=_named(written) if written is not None else None,
        first=first,
        relations=tuple(sorted(relations, key=lambda found: (found.schema or "", found.name))),
        conditions=tuple(
            sorted(columns, key=lambda found: (found.name, found.qualifier.name if found.qualifier else ""))
        ),
    )


def _named(table: Table) -> Named | None:
    """The relation of a FROM item; None when it is a function."""
    name, schema = table.args.get("this"), table.args.get("db")
    if getattr(name, "key", "") != "identifier":
        return None
    return Named(_folded(schema) if schema is not None else None, _folded(name))


def _folded(identifier: object) -> str:
    """The name as the server has it: in lower case unless it was quoted."""
    name: str = getattr(identifier, "name", "")
    return name if getattr(identifier, "quoted", False) else name.lower()
