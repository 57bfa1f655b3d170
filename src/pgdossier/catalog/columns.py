"""Columns of relations and attributes of composite types (pg_attribute, pg_attrdef)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.deparsed import bare
from pgdossier.catalog.foreign_options import options, readable_options
from pgdossier.catalog.query import Query, Since
from pgdossier.model.columns import Column, Generated, Identity
from pgdossier.model.names import QualifiedName
from pgdossier.model.types import Attribute


class ColumnRow(NamedTuple):
    """One column; `type_schema` and `type_name` are None for types of pg_catalog.

    `storage` is None where it is the type's own, `compression` empty and `statistics_target` None where they
    are the default.
    """

    relation: int
    number: int
    name: str
    type: str
    type_schema: str | None
    type_name: str | None
    type_oid: int
    not_null: bool
    default: str | None
    generated: str
    identity: str
    collation_oid: int
    collation_schema: str | None
    collation_name: str | None
    comment: str | None
    local: bool
    foreign_options: list[list[str | None]] | None
    storage: str | None
    compression: str
    statistics_target: int | None
    options: list[str] | None


# Only columns of foreign tables have options, and these tables are few.
_FOREIGN_COLUMNS = "pg_catalog.pg_foreign_table ft JOIN pg_catalog.pg_attribute a ON a.attrelid = ft.ftrelid"

# An array type is found by its element's typarray: typelem alone is also set for point, name and the like.
QUERY = Query(
    family="columns",
    row=ColumnRow,
    sql="""
    SELECT a.attrelid AS relation,
           a.attnum AS number,
           a.attname AS name,
           pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
           tn.nspname AS type_schema,
           CASE WHEN tn.oid IS NOT NULL THEN COALESCE(e.typname, t.typname) END AS type_name,
           t.oid AS type_oid,
           a.attnotnull AS not_null,
           pg_catalog.pg_get_expr(ad.adbin, ad.adrelid) AS default,
           a.attgenerated AS generated,
           a.attidentity AS identity,
           a.attcollation AS collation_oid,
           cn.nspname AS collation_schema,
           co.collname AS collation_name,
           d.description AS comment,
           a.attislocal AS local,
           fo.options AS foreign_options,
           CASE WHEN a.attstorage <> t.typstorage AND c.relkind <> 'v' THEN a.attstorage END AS storage,
           {compression} AS compression,
           NULLIF(a.attstattarget, -1) AS statistics_target,
           a.attoptions AS options
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid
      LEFT JOIN pg_catalog.pg_namespace tn
        ON tn.oid = COALESCE(e.typnamespace, t.typnamespace) AND tn.nspname <> 'pg_catalog'
      LEFT JOIN {options} fo ON fo.attrelid = a.attrelid AND fo.attnum = a.attnum
      LEFT JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
      LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
      LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
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


def column(row: ColumnRow, gaps: Gaps) -> Column:
    """The column of a row."""
    return Column(
        name=row.name,
        type=row.type,
        type_name=qualified(row.type_schema, row.type_name),
        nullable=not row.not_null,
        default=bare(row.default) if row.default and row.generated else row.default,
        generated=GENERATED.read(row.generated, gaps) if row.generated else None,
        identity=IDENTITIES.read(row.identity, gaps) if row.identity else None,
        collation=qualified(row.collation_schema, row.collation_name),
        comment=row.comment,
        local=row.local,
        foreign_options=options(row.foreign_options),
        storage=STORAGES.read(row.storage, gaps) if row.storage else None,
        compression=COMPRESSIONS.read(row.compression, gaps) if row.compression else None,
        statistics_target=row.statistics_target,
        options=tuple(row.options or ()),
    )


def attribute(row: ColumnRow) -> Attribute:
    """The attribute of a composite type of a row."""
    return Attribute(
        name=row.name,
        type=row.type,
        type_name=qualified(row.type_schema, row.type_name),
        collation=qualified(row.collation_schema, row.collation_name),
        comment=row.comment,
    )
