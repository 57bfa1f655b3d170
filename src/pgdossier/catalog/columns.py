"""Columns of relations and attributes of composite types (pg_attribute, pg_attrdef)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.deparsed import bare
from pgdossier.catalog.foreign_options import options, readable_options
from pgdossier.catalog.query import Query, Since
from pgdossier.model.columns import Column, Generated, Identity
from pgdossier.model.names import QualifiedName
from pgdossier.model.types import Attribute


class ColumnRow(NamedTuple):
    """One column; `type_oid` and `type_modifier` together name a `ColumnTypeRow`.

    `compression` is empty and `statistics_target` None where they are the default.
    """

    relation: int
    number: int
    name: str
    type_oid: int
    type_modifier: int
    not_null: bool
    default: str | None
    generated: str
    identity: str
    collation_oid: int
    comment: str | None
    local: bool
    foreign_options: list[list[str | None]] | None
    storage: str
    compression: str
    statistics_target: int | None
    options: list[str] | None


# Only columns of foreign tables have options, and these tables are few.
_FOREIGN_COLUMNS = "pg_catalog.pg_foreign_table ft JOIN pg_catalog.pg_attribute a ON a.attrelid = ft.ftrelid"

# Only a generated column's expression names columns, for which the server opens the table: the others are
# deparsed without one. That halves the time which ten thousand tables take.
QUERY = Query(
    family="columns",
    row=ColumnRow,
    sql="""
    SELECT a.attrelid AS relation,
           a.attnum AS number,
           a.attname AS name,
           a.atttypid AS type_oid,
           a.atttypmod AS type_modifier,
           a.attnotnull AS not_null,
           pg_catalog.pg_get_expr(
               ad.adbin, CASE WHEN a.attgenerated = '' THEN 0::pg_catalog.oid ELSE ad.adrelid END) AS default,
           a.attgenerated AS generated,
           a.attidentity AS identity,
           a.attcollation AS collation_oid,
           d.description AS comment,
           a.attislocal AS local,
           fo.options AS foreign_options,
           a.attstorage AS storage,
           {compression} AS compression,
           NULLIF(a.attstattarget, -1) AS statistics_target,
           a.attoptions AS options
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      LEFT JOIN {options} fo ON fo.attrelid = a.attrelid AND fo.attnum = a.attnum
      LEFT JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = a.attrelid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.objsubid = a.attnum
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND c.relkind NOT IN ('i', 'I', 'S', 't')
       AND a.attnum > 0
       AND NOT a.attisdropped
    """,
    fragments={
        "options": (Since(0, readable_options(_FOREIGN_COLUMNS, "a.attrelid, a.attnum", "a.attfdwoptions")),),
        "compression": (Since(13, "''::pg_catalog.text"), Since(14, "a.attcompression::pg_catalog.text")),
    },
)


class ColumnTypeRow(NamedTuple):
    """A type as columns have it, with its modifier; `schema` and `name` are None for types of pg_catalog.

    They are the element's for an array. `kind` and `base` are pg_type's typtype and typbasetype; `array`
    tells a true array type.
    """

    oid: int
    modifier: int
    type: str
    schema: str | None
    name: str | None
    collation: int
    storage: str
    kind: str
    base: int
    array: bool


# Columns are many, their types few, those of the system's own tables and of indexes among them. An array type
# is found by its element's typarray: typelem alone is also set for point, name and the like. The family is
# that of the columns: they are nothing without their types.
TYPES = Query(
    family="columns",
    row=ColumnTypeRow,
    sql="""
    SELECT u.atttypid AS oid,
           u.atttypmod AS modifier,
           pg_catalog.format_type(u.atttypid, u.atttypmod) AS type,
           tn.nspname AS schema,
           CASE WHEN tn.oid IS NOT NULL THEN COALESCE(e.typname, t.typname) END AS name,
           t.typcollation AS collation,
           t.typstorage AS storage,
           t.typtype AS kind,
           t.typbasetype AS base,
           e.oid IS NOT NULL AS array
      FROM (
            SELECT DISTINCT a.atttypid, a.atttypmod
              FROM pg_catalog.pg_attribute a
             WHERE a.attnum > 0
           ) u
      JOIN pg_catalog.pg_type t ON t.oid = u.atttypid
      LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid
      LEFT JOIN pg_catalog.pg_namespace tn
        ON tn.oid = COALESCE(e.typnamespace, t.typnamespace) AND tn.nspname <> 'pg_catalog'
    """,
)

GENERATED: Codes[Generated | None] = Codes(
    column="pg_attribute.attgenerated",
    family="columns",
    meanings={"s": Generated.STORED, "v": Generated.VIRTUAL},
    unknown=Generated.UNKNOWN,
)
STORAGES: Codes[str | None] = Codes(
    column="pg_attribute.attstorage",
    family="columns",
    meanings={"p": "PLAIN", "e": "EXTERNAL", "x": "EXTENDED", "m": "MAIN"},
    unknown=None,
)
COMPRESSIONS: Codes[str | None] = Codes(
    column="pg_attribute.attcompression",
    family="columns",
    meanings={"p": "pglz", "l": "lz4"},
    unknown=None,
)
IDENTITIES = Codes(
    column="pg_attribute.attidentity",
    family="columns",
    meanings={"a": Identity.ALWAYS, "d": Identity.BY_DEFAULT},
    unknown=Identity.UNKNOWN,
)


def qualified(schema: str | None, name: str | None) -> QualifiedName | None:
    """The name of something that may not be there."""
    return None if schema is None or name is None else QualifiedName(schema, name)


class ColumnType(NamedTuple):
    """What a column has from its type."""

    type: str
    type_name: QualifiedName | None
    collation: int
    storage: str


_UNKNOWN = ColumnType("", None, 0, "")


class ColumnTypes:
    """The types of all columns, and the collations that they may have instead of their type's."""

    def __init__(self, rows: Iterable[ColumnTypeRow], collations: Mapping[int, QualifiedName]) -> None:
        self._types = {
            (row.oid, row.modifier): ColumnType(
                row.type, qualified(row.schema, row.name), row.collation, row.storage
            )
            for row in rows
        }
        self._collations = collations

    def of(self, row: ColumnRow) -> ColumnType | None:
        """The type of that column; None if it was not read."""
        return self._types.get((row.type_oid, row.type_modifier))

    def collation(self, row: ColumnRow, found: ColumnType) -> QualifiedName | None:
        """The collation of a column, where it is not its type's."""
        if row.collation_oid == found.collation:
            return None
        return self._collations.get(row.collation_oid)


class Columns:
    """Makes the columns of rows, the same one for rows that say the same.

    The columns of a large schema repeat: keys, names, moments, and all those of partitions.
    """

    def __init__(self, types: ColumnTypes, gaps: Gaps) -> None:
        self._types = types
        self._gaps = gaps
        self._made: dict[tuple[Any, ...], Column] = {}

    def column(self, row: ColumnRow, *, stored: bool = True) -> Column:
        """The column of a row whose type is known.

        Args:
            row: The row.
            stored: Whether the relation holds rows itself: how a view's columns are stored means nothing.
        """
        if row.foreign_options is not None or row.options is not None:  # lists, which no key may hold
            return self._column(row, stored)
        key = (stored, *row[2:])
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._column(row, stored)
        return found

    def _column(self, row: ColumnRow, stored: bool) -> Column:
        gaps = self._gaps
        found = self._types.of(row) or _UNKNOWN
        return Column(
            name=row.name,
            type=found.type,
            type_name=found.type_name,
            nullable=not row.not_null,
            default=bare(row.default) if row.default and row.generated else row.default,
            generated=GENERATED.read(row.generated, gaps) if row.generated else None,
            identity=IDENTITIES.read(row.identity, gaps) if row.identity else None,
            collation=self._types.collation(row, found),
            comment=row.comment,
            local=row.local,
            foreign_options=options(row.foreign_options),
            storage=STORAGES.read(row.storage, gaps) if stored and row.storage != found.storage else None,
            compression=COMPRESSIONS.read(row.compression, gaps) if row.compression else None,
            statistics_target=row.statistics_target,
            options=tuple(row.options or ()),
        )


def attribute(row: ColumnRow, types: ColumnTypes) -> Attribute:
    """The attribute of a composite type of a row."""
    found = types.of(row) or _UNKNOWN
    return Attribute(
        name=row.name,
        type=found.type,
        type_name=found.type_name,
        collation=types.collation(row, found),
        comment=row.comment,
    )
