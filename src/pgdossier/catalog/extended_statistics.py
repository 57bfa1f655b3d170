"""Extended statistics (pg_statistic_ext)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.query import Query
from pgdossier.model.extended_statistics import ExtendedStatistics
from pgdossier.model.names import QualifiedName


class ExtendedStatisticsRow(NamedTuple):
    """One statistics object; `target` is None for the default statistics target."""

    oid: int
    schema: str
    name: str
    owner: str
    relation: int
    relation_schema: str
    relation_name: str
    kinds: list[str]
    target: int | None
    definition: str
    comment: str | None


# Before PostgreSQL 17 the default target is -1, since then it is NULL.
QUERY = Query(
    family="extended statistics",
    row=ExtendedStatisticsRow,
    sql="""
    SELECT s.oid AS oid,
           n.nspname AS schema,
           s.stxname AS name,
           pg_catalog.pg_get_userbyid(s.stxowner) AS owner,
           c.oid AS relation,
           cn.nspname AS relation_schema,
           c.relname AS relation_name,
           s.stxkind::pg_catalog.text[] AS kinds,
           NULLIF(s.stxstattarget, -1) AS target,
           pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition,
           d.description AS comment
      FROM pg_catalog.pg_statistic_ext s
      JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
      JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid
      JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = s.oid AND d.classoid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass
       AND d.objsubid = 0
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND s.stxnamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = s.oid AND m.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass
               AND m.deptype = 'e'
               AND m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass)
    """,
)

# `e` stands for the statistics of the expressions, which come with every object that has some.
KINDS = Codes(
    column="pg_statistic_ext.stxkind",
    family="extended statistics",
    meanings={"d": "ndistinct", "f": "dependencies", "m": "mcv", "e": ""},
    unknown="",
)


def extended_statistics(row: ExtendedStatisticsRow, gaps: Gaps) -> ExtendedStatistics:
    """The statistics object of a row."""
    kinds = (KINDS.read(kind, gaps) for kind in row.kinds)
    return ExtendedStatistics(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        relation=QualifiedName(row.relation_schema, row.relation_name),
        definition=row.definition,
        kinds=tuple(kind for kind in kinds if kind),
        target=row.target,
        comment=row.comment,
    )
