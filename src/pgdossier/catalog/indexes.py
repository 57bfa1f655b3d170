"""Indexes (pg_index), and the operator classes and collations that their keys name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from pgdossier.catalog import definitions
from pgdossier.catalog.columns import ColumnTypeRow, Signature, qualified
from pgdossier.catalog.definitions import Quoting
from pgdossier.catalog.deparsed import bare
from pgdossier.catalog.deparsing import Trees
from pgdossier.catalog.query import Query, Since, picking
from pgdossier.model.columns import Column
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.names import QualifiedName, quote_identifier


class IndexRow(NamedTuple):
    """One index. `numbers` reads the vectors, which run over its keys, `attributes` over INCLUDE columns too.

    The trees are as the catalog stores them; the texts for them, and for what is `untold` besides, are in a
    `DefinitionRow`.
    """

    oid: int
    relation: int
    name: str
    method: str
    partitioned: bool
    keys: int
    attributes: str
    operator_classes: str
    collations: str
    orders: str
    expression_trees: str | None
    predicate_tree: str | None
    untold: bool | None
    pages: int
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


@functools.cache
def numbers(vector: str) -> tuple[int, ...]:
    """An int2vector or oidvector: there are four in each row, and few that differ."""
    return tuple(map(int, vector.split()))


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
           i.indkey::pg_catalog.text AS attributes,
           i.indclass::pg_catalog.text AS operator_classes,
           i.indcollation::pg_catalog.text AS collations,
           i.indoption::pg_catalog.text AS orders,
           {expression_trees} AS expression_trees,
           {predicate_tree} AS predicate_tree,
           {untold} AS untold,
           c.relpages AS pages,
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
        # What newer trees look like is not known: there each index is one by itself.
        "expression_trees": (
            Since(13, "i.indexprs::pg_catalog.text"),
            Since(definitions.KNOWN_UNTIL + 1, "i.indexrelid::pg_catalog.text"),
        ),
        "predicate_tree": (
            Since(13, "i.indpred::pg_catalog.text"),
            Since(definitions.KNOWN_UNTIL + 1, "NULL::pg_catalog.text"),
        ),
        "untold": (Since(13, "st.options"), Since(definitions.KNOWN_UNTIL + 1, "true")),
        "nulls_not_distinct": (Since(13, "false"), Since(15, "i.indnullsnotdistinct")),
    },
)


class DefinitionRow(NamedTuple):
    """What the server prints for an index: all, its condition, and its keys that are no plain column."""

    oid: int
    definition: str | None
    predicate: str | None
    expressions: list[str] | None


# For indexes about which something cannot be told here: one of those that are printed alike.
DEFINITIONS = Query(
    family="indexes",
    row=DefinitionRow,
    sql="""
    SELECT i.indexrelid AS oid,
           pg_catalog.pg_get_indexdef(i.indexrelid) AS definition,
           pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
           x.expressions AS expressions
      FROM pg_catalog.pg_index i
      LEFT JOIN (
            SELECT xi.indexrelid AS oid,
                   pg_catalog.array_agg(
                       pg_catalog.pg_get_indexdef(xi.indexrelid, k.position::pg_catalog.int4, false)
                       ORDER BY k.position) AS expressions
              FROM pg_catalog.pg_index xi
             CROSS JOIN LATERAL pg_catalog.unnest(xi.indkey::pg_catalog.int2[])
                   WITH ORDINALITY AS k (number, position)
             WHERE xi.indexrelid = ANY (%(indexes)s::pg_catalog.oid[])
               AND xi.indexprs IS NOT NULL
               AND k.number = 0
             GROUP BY xi.indexrelid
           ) x ON x.oid = i.indexrelid
     WHERE i.indexrelid = ANY (%(indexes)s::pg_catalog.oid[])
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


class Shape(NamedTuple):
    """What indexes of the same kind on columns of the same names and types have in common.

    Attributes:
        plain: One without a name; its keys are those that are columns.
        text: What its definition says after USING, None where only the server can tell that.
    """

    plain: Index
    text: str | None


class Indexes:
    """Makes the indexes of rows.

    Args:
        classes: All operator classes.
        collations: All collations, by OID.
        quoting: How the server quotes.
        signature: What an index on a column depends on.
    """

    def __init__(
        self,
        classes: OperatorClasses,
        collations: Mapping[int, QualifiedName],
        quoting: Quoting,
        signature: Callable[[Column | None], Signature | None],
    ) -> None:
        self._classes = classes
        self._collations = collations
        self._quoting = quoting
        self._signature = signature
        self._trees = Trees()
        # Indexes on columns of the same name and type repeat: their keys are made once, and their text.
        self._keys: dict[tuple[Signature, int, int, int], tuple[IndexKey, str | None]] = {}
        self._shapes: dict[Hashable, Shape] = {}

    def _signatures(self, row: IndexRow, columns: Mapping[int, Column]) -> tuple[Signature | None, ...]:
        signature = self._signature
        return tuple([signature(columns.get(number)) for number in numbers(row.attributes)])

    def _column_key(
        self, signature: Signature, operator_class: int, collation: int, order: int
    ) -> tuple[IndexKey, str | None]:
        """A key that is a column, and its text in a definition, None where only the server can tell it."""
        found = self._keys.get((signature, operator_class, collation, order))
        if found is None:
            name, type_oid, own_collation = signature
            other = collation not in (0, own_collation)
            made = IndexKey(
                expression=quote_identifier(name),
                column=name,
                operator_class=self._classes.written(operator_class, type_oid),
                collation=self._collations.get(collation) if other else None,
                descending=bool(order & 1),
                nulls_first=bool(order & 2),
            )
            named = None if other else self._classes.named(operator_class, type_oid)
            text = None if named is None else definitions.index_key(self._quoting, name, named, order)
            found = self._keys[signature, operator_class, collation, order] = (made, text)
        return found

    def shape(self, row: IndexRow, columns: Mapping[int, Column]) -> Shape:
        """What the index of a row has in common with others.

        Args:
            row: The index.
            columns: The relation's columns, by number.
        """
        signatures = self._signatures(row, columns)
        key = (signatures, _OF_SHAPES(row))
        found = self._shapes.get(key)
        if found is None:
            found = self._shapes[key] = self._shape(row, signatures)
        return found

    def _shape(self, row: IndexRow, signatures: Sequence[Signature | None]) -> Shape:
        keys, texts = [], []
        for signature, operator_class, collation, order in zip(
            signatures,
            numbers(row.operator_classes),
            numbers(row.collations),
            numbers(row.orders),
            strict=False,
        ):
            if signature is not None:
                key, text = self._column_key(signature, operator_class, collation, order)
                keys.append(key)
                if text is not None:
                    texts.append(text)
        include = tuple([signature[0] for signature in signatures[row.keys :] if signature is not None])
        index = Index(
            name="",
            method=row.method,
            keys=tuple(keys),
            definition="",
            include=include,
            unique=row.unique,
            primary=row.primary,
            exclusion=row.exclusion,
            nulls_not_distinct=row.nulls_not_distinct,
            valid=row.valid,
            clustered=row.clustered,
            replica_identity=row.replica_identity,
            tablespace=row.tablespace,
        )
        if len(texts) + len(include) != len(signatures):
            return Shape(index, None)
        tail = definitions.index_tail(
            self._quoting, row.method, texts, include, nulls_not_distinct=row.nulls_not_distinct
        )
        return Shape(index, tail)

    def definition(self, row: IndexRow, shape: Shape, relation: str) -> str | None:
        """What the server prints for the index of a row; None where only the server can tell.

        In that case `alike` says of which others it prints the same.

        Args:
            row: The index.
            shape: Its shape.
            relation: The relation that it is on, as SQL.
        """
        if (
            shape.text is None
            or row.expression_trees is not None
            or row.predicate_tree is not None
            or row.untold
            or row.options
        ):
            return None
        return self.head(row, relation) + shape.text

    def alike(self, row: IndexRow, columns: Mapping[int, Column]) -> Hashable | None:
        """A key: the definitions of indexes with the same one agree in what follows USING.

        Args:
            row: The index.
            columns: The relation's columns, by number.

        Returns:
            The key; None for an index of which that is not known.
        """
        if row.untold:
            return None
        signatures = self._signatures(row, columns)
        if any(
            number and found is None
            for number, found in zip(numbers(row.attributes), signatures, strict=True)
        ):
            return None
        trees = tuple(
            None if tree is None else self._trees.key(tree, row.relation, columns)
            for tree in (row.expression_trees, row.predicate_tree)
        )
        told = (row.method, row.keys, row.operator_classes, row.collations, row.orders)
        return (*told, row.nulls_not_distinct, tuple(row.options or ()), signatures, trees)

    def head(self, row: IndexRow, relation: str) -> str:
        """What a definition begins with, up to USING; `relation` is SQL."""
        return definitions.index_head(
            self._quoting, row.name, relation, unique=row.unique, partitioned=row.partitioned
        )

    def index(
        self,
        row: IndexRow,
        shape: Shape,
        definition: str,
        columns: Mapping[int, Column],
        told: DefinitionRow | None = None,
    ) -> Index:
        """The index of a row.

        Args:
            row: The index.
            shape: Its shape.
            definition: What the server prints for it.
            columns: The relation's columns, by number.
            told: What the server told of an index that it prints alike.
        """
        found = msgspec.structs.replace(
            shape.plain,
            name=row.name,
            definition=definition,
            constraint=row.constraint,
            parent=qualified(row.parent_schema, row.parent_name),
            comment=row.comment,
        )
        usual = told is None and row.options is None and row.statistics_positions is None
        if usual and len(found.keys) == row.keys:
            return found
        predicate = told.predicate if told is not None else None
        return msgspec.structs.replace(
            found,
            keys=self._all_keys(row, definition, columns, told),
            predicate=bare(predicate) if predicate else None,
            options=tuple(row.options or ()),
            statistics_targets=tuple(
                zip(row.statistics_positions or (), row.statistics_targets or (), strict=True)
            ),
        )

    def _all_keys(
        self,
        row: IndexRow,
        definition: str,
        columns: Mapping[int, Column],
        told: DefinitionRow | None,
    ) -> tuple[IndexKey, ...]:
        keys = []
        expressions = iter((told.expressions if told is not None else None) or ())
        for signature, operator_class, collation, order in zip(
            self._signatures(row, columns)[: row.keys],
            numbers(row.operator_classes),
            numbers(row.collations),
            numbers(row.orders),
            strict=False,
        ):
            if signature is not None:
                keys.append(self._column_key(signature, operator_class, collation, order)[0])
                continue
            text = next(expressions, "")
            keys.append(
                IndexKey(
                    expression=f"({bare(text)})" if text.startswith("(") else text,
                    operator_class=self._classes.written(operator_class, None),
                    # What collation an expression has by itself is in no catalog: the server's text tells.
                    collation=self._collations.get(collation) if f"{text} COLLATE " in definition else None,
                    descending=bool(order & 1),
                    nulls_first=bool(order & 2),
                )
            )
        return tuple(keys)


_OF_SHAPES = picking(
    IndexRow,
    "method",
    "keys",
    "operator_classes",
    "collations",
    "orders",
    "unique",
    "primary",
    "exclusion",
    "nulls_not_distinct",
    "valid",
    "clustered",
    "replica_identity",
    "tablespace",
)
