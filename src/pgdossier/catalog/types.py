"""User-defined types: enums, domains, composite and range types (pg_type and its companions)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pgdossier.catalog.codes import Codes
from pgdossier.catalog.columns import attribute, qualified
from pgdossier.catalog.query import Query, Since
from pgdossier.model.columns import Column
from pgdossier.model.names import QualifiedName
from pgdossier.model.types import Composite, Domain, DomainCheck, Enum, Range, RangeFunction


class TypeRow(NamedTuple):
    """One type; `relation` is the pg_class row of a composite type, `multirange_oid` is 0 without one.

    `base_…` describe the type that a domain is over, or the subtype of a range.
    """

    oid: int
    schema: str
    name: str
    kind: str
    owner: str
    comment: str | None
    relation: int
    labels: list[str] | None
    base: str | None
    base_schema: str | None
    base_name: str | None
    not_null: bool
    default: str | None
    collation_schema: str | None
    collation_name: str | None
    operator_class_schema: str | None
    operator_class_name: str | None
    canonical_schema: str | None
    canonical_name: str | None
    difference_schema: str | None
    difference_name: str | None
    multirange_oid: int
    multirange: str | None
    multirange_schema: str | None


# Row types of tables, array types and multirange types come with what they are made from. Base types and
# pseudo-types are not in the model yet.
QUERY = Query(
    family="types",
    row=TypeRow,
    sql="""
    SELECT t.oid AS oid,
           n.nspname AS schema,
           t.typname AS name,
           t.typtype AS kind,
           pg_catalog.pg_get_userbyid(t.typowner) AS owner,
           d.description AS comment,
           t.typrelid AS relation,
           e.labels AS labels,
           pg_catalog.format_type(b.oid, CASE WHEN t.typtype = 'd' THEN t.typtypmod END) AS base,
           bn.nspname AS base_schema,
           CASE WHEN bn.oid IS NOT NULL THEN COALESCE(be.typname, b.typname) END AS base_name,
           t.typnotnull AS not_null,
           CASE WHEN t.typtype = 'd' THEN pg_catalog.pg_get_expr(t.typdefaultbin, 0::pg_catalog.oid) END
               AS default,
           con.nspname AS collation_schema,
           co.collname AS collation_name,
           ocn.nspname AS operator_class_schema,
           oc.opcname AS operator_class_name,
           pcn.nspname AS canonical_schema,
           pc.proname AS canonical_name,
           pdn.nspname AS difference_schema,
           pd.proname AS difference_name,
           {multirange_oid} AS multirange_oid,
           m.typname AS multirange,
           mn.nspname AS multirange_schema
      FROM pg_catalog.pg_type t
      JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
      LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objsubid = 0
      LEFT JOIN (
            SELECT enumtypid, pg_catalog.array_agg(enumlabel ORDER BY enumsortorder) AS labels
              FROM pg_catalog.pg_enum
             GROUP BY enumtypid
           ) e ON e.enumtypid = t.oid
      LEFT JOIN pg_catalog.pg_type b
        ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype WHEN 'r' THEN r.rngsubtype END
      LEFT JOIN pg_catalog.pg_type be ON be.typarray = b.oid
      LEFT JOIN pg_catalog.pg_namespace bn
        ON bn.oid = COALESCE(be.typnamespace, b.typnamespace) AND bn.nspname <> 'pg_catalog'
      LEFT JOIN pg_catalog.pg_collation co
        ON co.oid = CASE t.typtype WHEN 'd' THEN t.typcollation WHEN 'r' THEN r.rngcollation END
       AND co.oid <> b.typcollation
      LEFT JOIN pg_catalog.pg_namespace con ON con.oid = co.collnamespace
      LEFT JOIN pg_catalog.pg_opclass oc ON oc.oid = r.rngsubopc AND NOT oc.opcdefault
      LEFT JOIN pg_catalog.pg_namespace ocn ON ocn.oid = oc.opcnamespace
      LEFT JOIN pg_catalog.pg_proc pc ON pc.oid = r.rngcanonical
      LEFT JOIN pg_catalog.pg_namespace pcn ON pcn.oid = pc.pronamespace
      LEFT JOIN pg_catalog.pg_proc pd ON pd.oid = r.rngsubdiff
      LEFT JOIN pg_catalog.pg_namespace pdn ON pdn.oid = pd.pronamespace
      LEFT JOIN pg_catalog.pg_type m ON m.oid = {multirange_oid}
      LEFT JOIN pg_catalog.pg_namespace mn ON mn.oid = m.typnamespace AND mn.oid <> t.typnamespace
     WHERE t.typnamespace = ANY (%(namespaces)s)
       AND t.typtype NOT IN ('b', 'p', 'm')
       AND (t.typtype <> 'c' OR c.oid IS NOT NULL)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
             WHERE x.objid = t.oid AND x.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
               AND x.deptype = 'e'
               AND x.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass)
    """,
    fragments={"multirange_oid": (Since(13, "0::pg_catalog.oid"), Since(14, "COALESCE(r.rngmultitypid, 0)"))},
)


KINDS = Codes(
    column="pg_type.typtype",
    family="types",
    meanings={kind: kind for kind in "cder"},
    unknown="",
)


def enum(row: TypeRow) -> Enum:
    """The enum of a row."""
    return Enum(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        comment=row.comment,
        labels=tuple(row.labels or ()),
    )


def domain(row: TypeRow, checks: Iterable[DomainCheck], not_null_name: str | None) -> Domain:
    """The domain of a row, with its constraints."""
    return Domain(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        comment=row.comment,
        base_type=row.base or "",
        base_type_name=qualified(row.base_schema, row.base_name),
        nullable=not row.not_null,
        default=row.default,
        collation=qualified(row.collation_schema, row.collation_name),
        checks=tuple(sorted(checks, key=lambda check: check.name)),
        not_null_name=not_null_name,
    )


def composite(row: TypeRow, attributes: Iterable[Column]) -> Composite:
    """The composite type of a row, with its attributes in their order."""
    return Composite(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        comment=row.comment,
        attributes=tuple(map(attribute, attributes)),
    )


def _function(name: QualifiedName | None) -> RangeFunction | None:
    return RangeFunction(schema=name.schema, name=name.name) if name else None


def range_type(row: TypeRow) -> Range:
    """The range type of a row."""
    return Range(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        comment=row.comment,
        subtype=row.base or "",
        subtype_name=qualified(row.base_schema, row.base_name),
        operator_class=qualified(row.operator_class_schema, row.operator_class_name),
        collation=qualified(row.collation_schema, row.collation_name),
        canonical=_function(qualified(row.canonical_schema, row.canonical_name)),
        difference=_function(qualified(row.difference_schema, row.difference_name)),
        multirange=row.multirange,
        multirange_schema=row.multirange_schema,
    )
