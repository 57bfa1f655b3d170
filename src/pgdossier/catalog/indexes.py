"""Indexes (pg_index), and the operator classes and collations that their keys name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pgdossier.catalog.columns import ColumnRow, qualified
from pgdossier.catalog.deparsed import bare
from pgdossier.catalog.query import Query, Since
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.names import QualifiedName, quote_identifier


class IndexRow(NamedTuple):
    """One index. The lists run over its keys, `attributes` over its INCLUDE columns too.

    `expressions` holds the text of the keys that are no plain column, in their order.
    """

    oid: int
    relation: int
    name: str
    method: str
    keys: int
    attributes: list[int]
    operator_classes: list[int]
    collations: list[int]
    orders: list[int]
    expressions: list[str] | None
    definition: str | None
    predicate: str | None
    unique: bool
    primary: bool
    exclusion: bool
    nulls_not_distinct: bool
    valid: bool
    clustered: bool
    replica_identity: bool
    constraint: str | None
    parent_schema: str | None
    parent_name: str | None
    tablespace: str | None
    options: list[str] | None
    statistics_positions: list[int] | None
    statistics_targets: list[int] | None
    comment: str | None


QUERY = Query(
    family="indexes",
    row=IndexRow,
    sql="""
    SELECT i.indexrelid AS oid,
           i.indrelid AS relation,
           c.relname AS name,
           am.amname AS method,
           i.indnkeyatts AS keys,
           i.indkey::pg_catalog.int2[] AS attributes,
           i.indclass::pg_catalog.oid[] AS operator_classes,
           i.indcollation::pg_catalog.oid[] AS collations,
           i.indoption::pg_catalog.int2[] AS orders,
           x.expressions AS expressions,
           pg_catalog.pg_get_indexdef(i.indexrelid) AS definition,
           pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
           i.indisunique AS unique,
           i.indisprimary AS primary,
           i.indisexclusion AS exclusion,
           {nulls_not_distinct} AS nulls_not_distinct,
           i.indisvalid AS valid,
           i.indisclustered AS clustered,
           i.indisreplident AS replica_identity,
           con.conname AS constraint,
           pn.nspname AS parent_schema,
           p.relname AS parent_name,
           ts.spcname AS tablespace,
           c.reloptions AS options,
           st.positions AS statistics_positions,
           st.targets AS statistics_targets,
           d.description AS comment
      FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
      JOIN pg_catalog.pg_am am ON am.oid = c.relam
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0
      LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
      LEFT JOIN pg_catalog.pg_constraint con
        ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid AND con.contype IN ('p', 'u', 'x')
      LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = i.indexrelid
      LEFT JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
      LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
      LEFT JOIN (
            SELECT xi.indexrelid AS oid,
                   pg_catalog.array_agg(
                       pg_catalog.pg_get_indexdef(xi.indexrelid, k.position::pg_catalog.int4, false)
                       ORDER BY k.position) AS expressions
              FROM pg_catalog.pg_index xi
              JOIN pg_catalog.pg_class xc ON xc.oid = xi.indexrelid
             CROSS JOIN LATERAL pg_catalog.unnest(xi.indkey::pg_catalog.int2[])
                   WITH ORDINALITY AS k (number, position)
             WHERE xc.relnamespace = ANY (%(namespaces)s)
               AND xi.indexprs IS NOT NULL
               AND k.number = 0
             GROUP BY xi.indexrelid
           ) x ON x.oid = i.indexrelid
      LEFT JOIN (
            SELECT sa.attrelid AS oid,
                   pg_catalog.array_agg(sa.attnum ORDER BY sa.attnum) AS positions,
                   pg_catalog.array_agg(sa.attstattarget ORDER BY sa.attnum) AS targets
              FROM pg_catalog.pg_attribute sa
              JOIN pg_catalog.pg_class sc ON sc.oid = sa.attrelid AND sc.relkind IN ('i', 'I')
             WHERE sc.relnamespace = ANY (%(namespaces)s)
               AND sa.attstattarget >= 0
             GROUP BY sa.attrelid
           ) st ON st.oid = i.indexrelid
     WHERE c.relnamespace = ANY (%(namespaces)s)
    """,
    fragments={"nulls_not_distinct": (Since(13, "false"), Since(15, "i.indnullsnotdistinct"))},
)


class OperatorClassRow(NamedTuple):
    """One operator class, and the type that it is for."""

    oid: int
    schema: str
    name: str
    method: str
    type: int
    default: bool


OPERATOR_CLASSES = Query(
    family="operator classes",
    row=OperatorClassRow,
    sql="""
    SELECT oc.oid AS oid,
           n.nspname AS schema,
           oc.opcname AS name,
           am.amname AS method,
           oc.opcintype AS type,
           oc.opcdefault AS default
      FROM pg_catalog.pg_opclass oc
      JOIN pg_catalog.pg_namespace n ON n.oid = oc.opcnamespace
      JOIN pg_catalog.pg_am am ON am.oid = oc.opcmethod
    """,
)


class CollationRow(NamedTuple):
    """One collation that some index uses."""

    oid: int
    schema: str
    name: str


COLLATIONS = Query(
    family="collations",
    row=CollationRow,
    sql="""
    SELECT co.oid AS oid,
           n.nspname AS schema,
           co.collname AS name
      FROM pg_catalog.pg_collation co
      JOIN pg_catalog.pg_namespace n ON n.oid = co.collnamespace
     WHERE co.oid IN (
            SELECT pg_catalog.unnest(i.indcollation::pg_catalog.oid[]) FROM pg_catalog.pg_index i)
    """,
)


# varchar has no operator classes of its own; of those it can use (text's and bpchar's) text's is the default.
_TEXT, _VARCHAR = 25, 1043


class OperatorClasses:
    """Says which operator class of a key must be written because it is not what its type gets by itself."""

    def __init__(self, rows: Iterable[OperatorClassRow]) -> None:
        self._classes = {row.oid: row for row in rows}
        self._defaults = {(row.method, row.type): row.oid for row in self._classes.values() if row.default}

    def written(self, oid: int, key_type: int | None) -> str | None:
        """The class as SQL, None when it is the default for the key's type (None: an expression's)."""
        found = self._classes.get(oid)
        if found is None:
            return None
        if found.default:
            # Enums, arrays, domains and the like have none of their own and share that of a general type.
            own = self._defaults.get((found.method, _TEXT if key_type == _VARCHAR else key_type or 0))
            if own in (None, oid):
                return None
        name = quote_identifier(found.name)
        return name if found.schema == "pg_catalog" else f"{quote_identifier(found.schema)}.{name}"


def _keys(
    row: IndexRow,
    columns: Mapping[int, ColumnRow],
    classes: OperatorClasses,
    collations: Mapping[int, QualifiedName],
) -> tuple[IndexKey, ...]:
    """The keys of an index; `columns` are its relation's, by number."""
    expressions = iter(row.expressions or ())
    definition = row.definition or ""
    keys = []
    for number, operator_class, collation, order in zip(
        row.attributes[: row.keys], row.operator_classes, row.collations, row.orders, strict=False
    ):
        column = columns.get(number)
        if column is None:
            text = next(expressions, "")
            # What collation an expression has by itself is in no catalog: the server's text tells.
            named = f"{text} COLLATE " in definition
            text = f"({bare(text)})" if text.startswith("(") else text
        else:
            text = quote_identifier(column.name)
            named = collation not in (0, column.collation_oid)
        keys.append(
            IndexKey(
                expression=text,
                column=column.name if column else None,
                operator_class=classes.written(operator_class, column.type_oid if column else None),
                collation=collations.get(collation) if named else None,
                descending=bool(order & 1),
                nulls_first=bool(order & 2),
            )
        )
    return tuple(keys)


def index(
    row: IndexRow,
    columns: Mapping[int, ColumnRow],
    classes: OperatorClasses,
    collations: Mapping[int, QualifiedName],
) -> Index:
    """The index of a row; `columns` are its relation's, by number."""
    return Index(
        name=row.name,
        method=row.method,
        keys=_keys(row, columns, classes, collations),
        definition=row.definition or "",
        include=tuple(columns[number].name for number in row.attributes[row.keys :] if number in columns),
        predicate=bare(row.predicate) if row.predicate else None,
        unique=row.unique,
        primary=row.primary,
        exclusion=row.exclusion,
        nulls_not_distinct=row.nulls_not_distinct,
        valid=row.valid,
        clustered=row.clustered,
        replica_identity=row.replica_identity,
        constraint=row.constraint,
        parent=qualified(row.parent_schema, row.parent_name),
        tablespace=row.tablespace,
        options=tuple(row.options or ()),
        statistics_targets=tuple(
            zip(row.statistics_positions or (), row.statistics_targets or (), strict=True)
        ),
        comment=row.comment,
    )
