"""Exclusive arcs: several nullable foreign keys of which CHECK constraints let a row have only one (§5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pgdossier.analysis import expressions, presence, tables
from pgdossier.analysis.expressions import Node
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.presence import GIVEN, Row
from pgdossier.analysis.relationships import Relationship, may_be_null
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.types import Enum

_ENOUGH = 2
_OTHER = "\0other"


class ExclusiveArc(msgspec.Struct, frozen=True, kw_only=True):
    """Foreign keys of one table of which a row has at most one.

    `required` is True when it has exactly one of these and the `others`, columns that reference nothing
    and exclude the foreign keys as well. `checks` are the constraints that prove it. `discriminator` is the
    column whose value decides which; `cases` pairs its values with the one column that is then given.
    """

    table: QualifiedName
    ends: tuple[Relationship, ...]
    required: bool
    checks: tuple[str, ...]
    others: tuple[str, ...] = ()
    discriminator: str | None = None
    cases: tuple[tuple[str, str], ...] = ()


def find(lookup: Lookup, relationships: Iterable[Relationship]) -> tuple[ExclusiveArc, ...]:
    """The exclusive arcs of all tables, by table and columns.

    The proof is in CHECK constraints that are validated and enforced. They are evaluated for all
    combinations of the columns that they test for NULL, and for all values of one column that they compare
    with constants (`kind <> 1 OR order_id IS NOT NULL`). What they say about anything else is taken to hold.
    Where a row need not have any of the columns, most values of that one column must decide for one of them.
    """
    graph = Graph.of(relationships)
    found = []
    for relation in tables.tables(lookup):
        out = [one for one in graph.parents_of(relation.qualified) if one.proved]
        if len(out) >= _ENOUGH and relation.checks:
            found += _of_table(lookup, relation, out)
    return tuple(
        sorted(found, key=lambda arc: (arc.table, [end.key.columns for end in arc.ends], arc.checks))
    )


def _of_table(lookup: Lookup, relation: Relation, out: Sequence[Relationship]) -> list[ExclusiveArc]:
    columns = {column.name: column for column in relation.columns}
    referencing = {column for one in out for column in one.key.columns}
    if sum(may_be_null(lookup, relation, columns[name]) for name in referencing) < _ENOUGH:
        return []
    nullable = {name for name, column in columns.items() if may_be_null(lookup, relation, column)}
    keys = _keys_by_column(out, nullable)
    if len(keys) < _ENOUGH:
        return []
    parsed = [
        (check, node)
        for check in relation.checks
        if check.validated and check.enforced
        for node in [expressions.parse(check.expression)]
        if node is not None
    ]
    found: list[ExclusiveArc] = []
    for discriminator, group in _groups(parsed, columns, keys):
        arc = _arc(lookup, relation, keys, nullable, discriminator, group)
        ends = set() if arc is None else {end.key.name for end in arc.ends}
        if arc is not None and not any(ends <= {end.key.name for end in other.ends} for other in found):
            found.append(arc)
    return found


def _keys_by_column(out: Sequence[Relationship], nullable: set[str]) -> dict[str, Relationship]:
    """The nullable columns that decide whether a row has a parent by exactly one foreign key."""
    users: dict[str, list[Relationship]] = {}
    for one in out:
        own = [column for column in one.key.columns if column in nullable]
        if len(own) == 1:
            users.setdefault(own[0], []).append(one)
    return {column: found[0] for column, found in users.items() if len(found) == 1}


_Parsed = tuple[Check, Node]


def _groups(
    parsed: Sequence[_Parsed], columns: Mapping[str, Column], keys: Mapping[str, Relationship]
) -> list[tuple[str | None, list[_Parsed]]]:
    """The checks that can prove an arc: those with a discriminator together, then those without one."""
    about = []
    for check, node in parsed:
        tested = set(presence.tested(node))
        compared = {name for name, _ in presence.compared(node) if name in columns}
        about.append((check, node, tested, compared))
    discriminators = sorted(
        {
            next(iter(compared))
            for _, _, tested, compared in about
            if len(compared) == 1 and tested & set(keys)
        }
    )
    plain = [(check, node) for check, node, tested, compared in about if tested & set(keys) and not compared]
    groups: list[tuple[str | None, list[_Parsed]]] = []
    for name in discriminators:
        members = [
            (check, node)
            for check, node, tested, compared in about
            if compared == {name} or (not compared and tested & set(keys))
        ]
        groups.append((name, members))
    if plain:
        groups.append((None, plain))
        groups += [(None, [one]) for one in plain if len(plain) > 1]
    return groups


def _arc(
    lookup: Lookup,
    relation: Relation,
    keys: Mapping[str, Relationship],
    nullable: set[str],
    discriminator: str | None,
    group: Sequence[_Parsed],
) -> ExclusiveArc | None:
    tested = dict.fromkeys(name for _, node in group for name in presence.tested(node))
    free = [name for name in tested if name in nullable and name != discriminator]
    ends = [name for name in free if name in keys]
    domain: list[Row] = [{}]
    if discriminator is not None:
        domain = _values(lookup, relation, discriminator, group, nullable=discriminator in nullable)
    if len(ends) < _ENOUGH or 2 ** len(free) * len(domain) > presence.MOST_COMBINATIONS:
        return None
    conditions = [node for _, node in group]
    known: Row = {column.name: GIVEN for column in relation.columns if column.name not in nullable}
    rows = list(presence.patterns(conditions, free, domain, known))
    chosen = _exclusive(ends, rows)
    if len(chosen) < _ENOUGH or not rows:
        return None
    others = _exclusive([name for name in free if name not in keys], rows, chosen)[len(chosen) :]
    members = {*chosen, *others}
    required = all(given & members for _, given in rows)
    if not required:
        others = []
        members = set(chosen)
    used = [
        check.name
        for check, node in group
        if members & set(presence.tested(node))
        or (not set(presence.tested(node)) and discriminator in dict(presence.compared(node)))
    ]
    cases = () if discriminator is None else _cases(discriminator, rows, members)
    values = {values[discriminator] for values, _ in rows} - {None, _OTHER, GIVEN} if discriminator else set()
    if values and not required and len(cases) * 2 <= len(values):
        return None  # a state that now and then brings a column with it does not choose between parents
    return ExclusiveArc(
        table=relation.qualified,
        ends=tuple(keys[name] for name in _in_order(relation, chosen)),
        required=required,
        checks=tuple(sorted(used)),
        others=tuple(_in_order(relation, others)),
        discriminator=discriminator if cases else None,
        cases=cases,
    )


def _in_order(relation: Relation, names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return [column.name for column in relation.columns if column.name in wanted]


def _exclusive(
    candidates: Sequence[str], rows: Sequence[tuple[Row, frozenset[str]]], start: Sequence[str] = ()
) -> list[str]:
    """Columns of which no possible combination has two, taken one by one; each can be given at all."""
    chosen = list(start)
    for name in candidates:
        having = [given for _, given in rows if name in given]
        if having and not any(other in given for given in having for other in chosen):
            chosen.append(name)
    return chosen


def _values(
    lookup: Lookup, relation: Relation, name: str, group: Sequence[_Parsed], *, nullable: bool
) -> list[Row]:
    """The values that a column can have as far as it matters: constants, labels, any other, NULL."""
    column = relation.column(name)
    enum = lookup.types.get(column.type_name) if column.type_name else None
    base = tables.base_type(lookup, column)
    if isinstance(enum, Enum):
        found: list[str | None] = list(enum.labels)
    elif base == "boolean":
        found = ["true", "false"]
    elif base in ("smallint", "integer", "bigint", "text") or base.startswith("character varying"):
        mentioned = [
            value
            for _, node in group
            for other, values in presence.compared(node)
            if other == name
            for value in values
        ]
        found = [*dict.fromkeys(mentioned), _OTHER]
    else:
        found = [GIVEN]  # constants of other types may be equal without looking alike
    return [{name: value} for value in (*found, *((None,) if nullable else ()))]


def _cases(
    discriminator: str, rows: Sequence[tuple[Row, frozenset[str]]], members: set[str]
) -> tuple[tuple[str, str], ...]:
    """The values of the discriminator that decide for exactly one column."""
    by_value: dict[str, set[frozenset[str]]] = {}
    for values, given in rows:
        value = values[discriminator]
        if value not in (None, _OTHER, GIVEN):
            by_value.setdefault(str(value), set()).add(given & members)
    return tuple(
        (value, next(iter(next(iter(sets)))))
        for value, sets in by_value.items()
        if len(sets) == 1 and len(next(iter(sets))) == 1
    )
