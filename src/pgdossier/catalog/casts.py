"""Casts and transforms that users made (pg_cast, pg_transform)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.database_wide import in_scope
from pgdossier.catalog.query import Query
from pgdossier.model.casts import Cast, CastContext, Transform


class CastRow(NamedTuple):
    """One cast; `function` is SQL with its arguments, None without one."""

    oid: int
    source: str
    target: str
    method: str
    function: str | None
    context: str
    comment: str | None


CASTS = Query(
    family="casts",
    row=CastRow,
    sql=f"""
    SELECT o.oid AS oid,
           pg_catalog.format_type(o.castsource, NULL) AS source,
           pg_catalog.format_type(o.casttarget, NULL) AS target,
           o.castmethod AS method,
           CASE WHEN o.castfunc <> 0
                THEN o.castfunc::pg_catalog.regprocedure::pg_catalog.text END AS function,
           o.castcontext AS context,
           d.description AS comment
      FROM pg_catalog.pg_cast o
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = o.oid AND d.classoid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND d.objsubid = 0
     WHERE {in_scope("pg_cast", "o")}
    """,
)

METHODS = Codes(
    column="pg_cast.castmethod",
    family="casts",
    meanings={"f": "function", "i": "inout", "b": "binary"},
    unknown="",
)
CONTEXTS = Codes(
    column="pg_cast.castcontext",
    family="casts",
    meanings={"e": CastContext.EXPLICIT, "a": CastContext.ASSIGNMENT, "i": CastContext.IMPLICIT},
    unknown=CastContext.UNKNOWN,
)


def cast(row: CastRow, gaps: Gaps) -> Cast:
    """The cast of a row."""
    return Cast(
        source=row.source,
        target=row.target,
        method=METHODS.read(row.method, gaps),
        function=row.function,
        context=CONTEXTS.read(row.context, gaps),
        comment=row.comment,
    )


class TransformRow(NamedTuple):
    """One transform; functions are SQL with their arguments, None where there is none."""

    oid: int
    type: str
    language: str
    from_sql: str | None
    to_sql: str | None
    comment: str | None


TRANSFORMS = Query(
    family="transforms",
    row=TransformRow,
    sql=f"""
    SELECT o.oid AS oid,
           pg_catalog.format_type(o.trftype, NULL) AS type,
           l.lanname AS language,
           CASE WHEN o.trffromsql <> 0
                THEN o.trffromsql::pg_catalog.oid::pg_catalog.regprocedure::pg_catalog.text END AS from_sql,
           CASE WHEN o.trftosql <> 0
                THEN o.trftosql::pg_catalog.oid::pg_catalog.regprocedure::pg_catalog.text END AS to_sql,
           d.description AS comment
      FROM pg_catalog.pg_transform o
      JOIN pg_catalog.pg_language l ON l.oid = o.trflang
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = o.oid AND d.classoid = 'pg_catalog.pg_transform'::pg_catalog.regclass AND d.objsubid = 0
     WHERE {in_scope("pg_transform", "o")}
    """,
)


def transform(row: TransformRow) -> Transform:
    """The transform of a row."""
    return Transform(
        type=row.type,
        language=row.language,
        from_sql=row.from_sql,
        to_sql=row.to_sql,
        comment=row.comment,
    )
