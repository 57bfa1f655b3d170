"""Indexes (pg_index), and the operator classes and collations that their keys name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pgdossier.catalog import definitions
from pgdossier.catalog.columns import ColumnRow, ColumnTypeRow, qualified
from pgdossier.catalog.definitions import Quoting
from pgdossier.catalog.deparsed import bare
from pgdossier.catalog.query import Query, Since
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.names import QualifiedName, quote_identifier


class IndexRow(NamedTuple):
    """One index. The lists run over its keys, `attributes` over its INCLUDE columns too.

    `expressions` holds the text of the keys that are no plain column, in their order. `definition` is the
    server's where the index is more than a list of columns.
    """

    oid: int
    relation: int
    name: str
    method: str
    partitioned: bool
    keys: int
    attributes: Sequence[int]
    operator_classes: Sequence[int]
    collations: Sequence[int]
    orders: Sequence[int]
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
           c.relkind = 'I' AS partitioned,
           i.indnkeyatts AS keys,
           i.indkey AS attributes,
           i.indclass AS operator_classes,
           i.indcollation AS collations,
           i.indoption AS orders,
           x.expressions AS expressions,
           CASE WHEN {not_composed} THEN pg_catalog.pg_get_indexdef(i.indexrelid) END AS definition,
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
                   pg_catalog.array_agg(sa.attnum ORDER BY sa.attnum) FILTER (WHERE sa.attstattarget >= 0)
                       AS positions,
                   pg_catalog.array_agg(sa.attstattarget ORDER BY sa.attnum)
                       FILTER (WHERE sa.attstattarget >= 0) AS targets,
                   pg_catalog.bool_or(sa.attoptions IS NOT NULL) AS options
              FROM pg_catalog.pg_attribute sa
              JOIN pg_catalog.pg_class sc ON sc.oid = sa.attrelid AND sc.relkind IN ('i', 'I')
             WHERE sc.relnamespace = ANY (%(namespaces)s)
               AND (sa.attstattarget >= 0 OR sa.attoptions IS NOT NULL)
             GROUP BY sa.attrelid
           ) st ON st.oid = i.indexrelid
     WHERE c.relnamespace = ANY (%(namespaces)s)
    """,
    fragments={
        "not_composed": (
            Since(
                13,
                "i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR c.reloptions IS NOT NULL OR st.options",
            ),
            Since(definitions.KNOWN_UNTIL + 1, "true"),
        ),
        "nulls_not_distinct": (Since(13, "false"), Since(15, "i.indnullsnotdistinct")),
    },
)


class DefinitionRow(NamedTuple):
    """What the server prints for one index."""

    oid: int
    definition: str | None


# For the few indexes on plain columns about which something cannot be told here.
DEFINITIONS = Query(
    family="indexes",
    row=DefinitionRow,
    sql="""
    SELECT o.oid AS oid,
           pg_catalog.pg_get_indexdef(o.oid) AS definition
      FROM pg_catalog.unnest(%(indexes)s::pg_catalog.oid[]) AS o (oid)
    """,
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
    """One collation, the system's too."""

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
    """,
)


# varchar has no operator classes of its own; of those it can use (text's and bpchar's) text's is the default.
_TEXT, _VARCHAR = 25, 1043
# Enums and arrays share the classes of these types, unless there are some for anyelement and its like.
_ANYENUM, _ANYARRAY = 3500, 2277
_ANY = frozenset((2283, 2776, 5077, 5078, 5079))


class OperatorClasses:
    """Says which operator class of a key must be written because it is not what its type gets by itself."""

    def __init__(self, rows: Iterable[OperatorClassRow], types: Iterable[ColumnTypeRow] = ()) -> None:
        self._classes = {row.oid: row for row in rows}
        self._defaults = {(row.method, row.type): row.oid for row in self._classes.values() if row.default}
        self._types = {row.oid: row for row in types}
        # The methods for which a polymorphic type other than those of _SHARED has a default.
        self._unclear = {method for method, type_ in self._defaults if type_ in _ANY}

    def default(self, method: str, key_type: int) -> int | None:
        """The class that an index has on a column of that type when none is named; None if not told here.

        The rule is that of GetDefaultOpClass (indexcmds.c).
        """
        found = self._types.get(key_type)
        if found is not None and found.kind == "d":
            key_type = found.base
            found = self._types.get(key_type)
        own = self._defaults.get((method, _TEXT if key_type == _VARCHAR else key_type))
        if own is not None or found is None or method in self._unclear:
            return own
        if found.kind == "e":
            return self._defaults.get((method, _ANYENUM))
        return self._defaults.get((method, _ANYARRAY)) if found.array else None

    def named(self, oid: int, key_type: int) -> str | None:
        """What a definition names after a column: a class of pg_catalog, or '' for the default class.

        None if that is not told here.
        """
        found = self._classes.get(oid)
        default = None if found is None else self.default(found.method, key_type)
        if found is None or default is None:
            return None
        if default == oid:
            return ""
        return found.name if found.schema == "pg_catalog" else None

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


class Indexes:
    """Makes the indexes of rows.

    Args:
        classes: All operator classes.
        collations: All collations, by OID.
        quoting: How the server quotes.
    """

    def __init__(
        self, classes: OperatorClasses, collations: Mapping[int, QualifiedName], quoting: Quoting
    ) -> None:
        self._classes = classes
        self._collations = collations
        self._quoting = quoting
        # Indexes on columns of the same name and type repeat: their keys are made once, and their text.
        self._keys: dict[tuple[str, int, int, int, int, int], tuple[IndexKey, str | None]] = {}

    def _column_key(
        self, column: ColumnRow, operator_class: int, collation: int, order: int
    ) -> tuple[IndexKey, str | None]:
        """A key that is a column, and its text in a definition, None where only the server can tell it."""
        signature = (column.name, column.type_oid, column.collation_oid, operator_class, collation, order)
        found = self._keys.get(signature)
        if found is None:
            other = collation not in (0, column.collation_oid)
            made = IndexKey(
                expression=quote_identifier(column.name),
                column=column.name,
                operator_class=self._classes.written(operator_class, column.type_oid),
                collation=self._collations.get(collation) if other else None,
                descending=bool(order & 1),
                nulls_first=bool(order & 2),
            )
            named = None if other else self._classes.named(operator_class, column.type_oid)
            text = None if named is None else definitions.index_key(self._quoting, column.name, named, order)
            found = self._keys[signature] = (made, text)
        return found

    def definition(
        self, row: IndexRow, relation: QualifiedName, columns: Mapping[int, ColumnRow]
    ) -> str | None:
        """What the server prints for the index of a row; None where only the server can tell.

        Args:
            row: The index.
            relation: The relation that it is on.
            columns: The relation's columns, by number.
        """
        if row.definition is not None:
            return row.definition
        texts = []
        for number, operator_class, collation, order in zip(
            row.attributes, row.operator_classes, row.collations, row.orders, strict=False
        ):
            column = columns.get(number)
            text = None if column is None else self._column_key(column, operator_class, collation, order)[1]
            if text is None:
                return None
            texts.append(text)
        included = [columns[number].name for number in row.attributes[row.keys :] if number in columns]
        if len(texts) + len(included) != len(row.attributes):
            return None
        return definitions.index(
            self._quoting,
            row.name,
            (relation.schema, relation.name),
            row.method,
            texts,
            included,
            unique=row.unique,
            partitioned=row.partitioned,
            nulls_not_distinct=row.nulls_not_distinct,
        )

    def index(self, row: IndexRow, definition: str, columns: Mapping[int, ColumnRow]) -> Index:
        """The index of a row, of which that is the definition; `columns` are its relation's, by number."""
        include = row.attributes[row.keys :]
        return Index(
            name=row.name,
            method=row.method,
            keys=tuple(self._all_keys(row, definition, columns)),
            definition=definition,
            include=tuple(columns[number].name for number in include if number in columns) if include else (),
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

    def _all_keys(
        self, row: IndexRow, definition: str, columns: Mapping[int, ColumnRow]
    ) -> Iterator[IndexKey]:
        expressions = iter(row.expressions or ())
        for number, operator_class, collation, order in zip(
            row.attributes[: row.keys], row.operator_classes, row.collations, row.orders, strict=False
        ):
            column = columns.get(number)
            if column is not None:
                yield self._column_key(column, operator_class, collation, order)[0]
                continue
            text = next(expressions, "")
            yield IndexKey(
                expression=f"({bare(text)})" if text.startswith("(") else text,
                operator_class=self._classes.written(operator_class, None),
                # What collation an expression has by itself is in no catalog: the server's text tells.
                collation=self._collations.get(collation) if f"{text} COLLATE " in definition else None,
                descending=bool(order & 1),
                nulls_first=bool(order & 2),
            )
