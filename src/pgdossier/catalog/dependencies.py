"""What needs what (pg_depend), as far as it is not in the model elsewhere (foreign keys, ownership)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import NamedTuple

import msgspec

from pgdossier.catalog.query import Query
from pgdossier.model.columns import Column
from pgdossier.model.dependencies import Dependency, ObjectName, Part


class DependencyRow(NamedTuple):
    """One edge; the classes are names of catalogs, array types are already their element types.

    `number` is that of the column which the part is of, 0 where `part_name` tells.
    """

    part: str
    part_name: str
    class_: str
    oid: int
    referenced_class: str
    referenced_oid: int
    number: int = 0


# One branch for each catalog whose rows depend on something: it says whose part they are. Only normal and
# automatic dependencies count; internal ones tie the pieces of one object together. Partitions' clones of
# triggers are left out: their parents' say the same.
# Most entries of all are a table's own columns, automatic dependencies of its constraints, defaults and
# indexes: they are left out before anything is joined. Objects of the server itself have OIDs below 16384;
# what is not documented falls away when the names are looked up.
# A function is said to depend on a transform, before PostgreSQL 18, when its type had one at the time, used
# or not: only those that it uses count. Members of operator families are parts of a class or family.
QUERY = Query(
    family="dependencies",
    row=DependencyRow,
    sql="""
    SELECT x.part AS part,
           x.part_name AS part_name,
           x.class AS class_,
           x.oid AS oid,
           CASE WHEN COALESCE(e.typrelid, t.typrelid) <> 0 THEN 'pg_class' ELSE k.relname
           END AS referenced_class,
           CASE WHEN x.refclassid <> 'pg_catalog.pg_type'::pg_catalog.regclass THEN x.refobjid
                ELSE COALESCE(NULLIF(COALESCE(e.typrelid, t.typrelid), 0::pg_catalog.oid), e.oid, t.oid)
           END AS referenced_oid,
           x.number AS number
      FROM (
            SELECT 'definition'::pg_catalog.text AS part, ''::pg_catalog.text AS part_name,
                   'pg_class'::pg_catalog.text AS class, r.ev_class AS oid,
                   d.refclassid, d.refobjid, 0 AS number
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.rulename = '_RETURN'
             WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.objid >= 16384
               AND d.refobjid <> r.ev_class
            UNION ALL
            SELECT CASE WHEN i.indexrelid IS NOT NULL THEN 'index'
                        WHEN d.objsubid > 0 THEN 'column' ELSE 'definition' END,
                   CASE WHEN i.indexrelid IS NOT NULL THEN c.relname ELSE '' END,
                   'pg_class', COALESCE(i.indrelid, c.oid), d.refclassid, d.refobjid, d.objsubid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind NOT IN ('S', 't')
              LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = d.objid
             WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.objid >= 16384
               AND d.refclassid NOT IN ('pg_catalog.pg_namespace'::pg_catalog.regclass,
                                        'pg_catalog.pg_constraint'::pg_catalog.regclass)
               AND NOT (d.deptype = 'a' AND d.refobjsubid > 0
                        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)
               AND (i.indexrelid IS NULL OR d.refclassid <> 'pg_catalog.pg_class'::pg_catalog.regclass)
            UNION ALL
            SELECT 'default', '', 'pg_class', ad.adrelid, d.refclassid, d.refobjid, ad.adnum
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_attrdef ad ON ad.oid = d.objid
             WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND NOT (d.deptype = 'a' AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)
               AND d.refobjid <> ad.adrelid
            UNION ALL
            SELECT 'constraint', con.conname,
                   CASE WHEN con.conrelid <> 0 THEN 'pg_class' ELSE 'pg_type' END,
                   CASE WHEN con.conrelid <> 0 THEN con.conrelid ELSE con.contypid END,
                   d.refclassid, d.refobjid, 0
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_constraint con ON con.oid = d.objid AND con.contype = 'c'
             WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND NOT (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND (d.deptype = 'a' OR d.refobjsubid > 0))
               AND d.refobjid NOT IN (con.conrelid, con.contypid)
            UNION ALL
            SELECT 'trigger', t.tgname, 'pg_class', t.tgrelid, d.refclassid, d.refobjid, 0
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_trigger t ON t.oid = d.objid AND NOT t.tgisinternal AND t.tgparentid = 0
             WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid <> t.tgrelid
            UNION ALL
            SELECT 'rule', r.rulename, 'pg_class', r.ev_class, d.refclassid, d.refobjid, 0
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.rulename <> '_RETURN'
             WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid <> r.ev_class
            UNION ALL
            SELECT 'statistics', s.stxname, 'pg_class', s.stxrelid, d.refclassid, d.refobjid, 0
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_statistic_ext s ON s.oid = d.objid
             WHERE d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid <> s.stxrelid
            UNION ALL
            SELECT 'policy', p.polname, 'pg_class', p.polrelid, d.refclassid, d.refobjid, 0
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_policy p ON p.oid = d.objid
             WHERE d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid <> p.polrelid
            UNION ALL
            SELECT CASE WHEN t.typtype = 'd' AND d.refclassid NOT IN (
                                 d.classid, 'pg_catalog.pg_collation'::pg_catalog.regclass) THEN 'default'
                        ELSE 'definition' END,
                   '', 'pg_type', t.oid, d.refclassid, d.refobjid, 0
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_type t ON t.oid = d.objid AND t.typtype IN ('b', 'd', 'r')
             WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.objid >= 16384
            UNION ALL
            SELECT CASE WHEN p.prokind = 'a'
                          OR d.refclassid IN ('pg_catalog.pg_language'::pg_catalog.regclass,
                                              'pg_catalog.pg_transform'::pg_catalog.regclass)
                          OR (d.refclassid = d.classid AND d.refobjid = p.prosupport)
                          OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
                              AND d.refobjid = ANY (p.proargtypes::pg_catalog.oid[] || p.prorettype
                                                    || COALESCE(p.proallargtypes, '{}')))
                        THEN 'definition' ELSE 'body' END,
                   '', 'pg_proc', p.oid, d.refclassid, d.refobjid, 0
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_proc p ON p.oid = d.objid
              LEFT JOIN pg_catalog.pg_transform r
                ON r.oid = d.refobjid AND d.refclassid = 'pg_catalog.pg_transform'::pg_catalog.regclass
             WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.objid >= 16384
               AND (r.oid IS NULL OR r.trftype = ANY (p.protrftypes))
            UNION ALL
            SELECT 'definition', '', dk.relname, d.objid, d.refclassid, d.refobjid, 0
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_class dk ON dk.oid = d.classid
             WHERE d.classid IN ('pg_catalog.pg_ts_parser'::pg_catalog.regclass,
                                 'pg_catalog.pg_ts_template'::pg_catalog.regclass,
                                 'pg_catalog.pg_ts_dict'::pg_catalog.regclass,
                                 'pg_catalog.pg_ts_config'::pg_catalog.regclass,
                                 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass,
                                 'pg_catalog.pg_foreign_server'::pg_catalog.regclass,
                                 'pg_catalog.pg_am'::pg_catalog.regclass,
                                 'pg_catalog.pg_cast'::pg_catalog.regclass,
                                 'pg_catalog.pg_collation'::pg_catalog.regclass,
                                 'pg_catalog.pg_conversion'::pg_catalog.regclass,
                                 'pg_catalog.pg_language'::pg_catalog.regclass,
                                 'pg_catalog.pg_opclass'::pg_catalog.regclass,
                                 'pg_catalog.pg_operator'::pg_catalog.regclass,
                                 'pg_catalog.pg_opfamily'::pg_catalog.regclass,
                                 'pg_catalog.pg_transform'::pg_catalog.regclass)
               AND d.deptype IN ('n', 'a')
            UNION ALL
            SELECT 'definition', CASE WHEN c.refobjid IS NULL THEN 'members' ELSE '' END,
                   CASE WHEN c.refobjid IS NULL THEN 'pg_opfamily' ELSE 'pg_opclass' END,
                   COALESCE(c.refobjid, m.family), d.refclassid, d.refobjid, 0
              FROM pg_catalog.pg_depend d
              JOIN (
                    SELECT 'pg_catalog.pg_amop'::pg_catalog.regclass AS class, a.oid, a.amopfamily AS family
                      FROM pg_catalog.pg_amop a
                     UNION ALL
                    SELECT 'pg_catalog.pg_amproc'::pg_catalog.regclass, a.oid, a.amprocfamily
                      FROM pg_catalog.pg_amproc a
                   ) m ON m.class = d.classid AND m.oid = d.objid
              LEFT JOIN pg_catalog.pg_depend c
                ON c.classid = d.classid AND c.objid = d.objid
               AND c.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass
             WHERE d.classid IN ('pg_catalog.pg_amop'::pg_catalog.regclass,
                                 'pg_catalog.pg_amproc'::pg_catalog.regclass)
               AND d.refclassid <> 'pg_catalog.pg_opclass'::pg_catalog.regclass
               AND (d.refclassid <> 'pg_catalog.pg_opfamily'::pg_catalog.regclass OR d.refobjid <> m.family)
               AND d.deptype IN ('n', 'a')
           ) x
      JOIN pg_catalog.pg_class k
        ON k.oid = x.refclassid AND k.oid < 16384
       AND k.relnamespace = 'pg_catalog'::pg_catalog.regnamespace
      LEFT JOIN pg_catalog.pg_type t
        ON x.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = x.refobjid
      LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid
     WHERE k.relname NOT IN ('pg_constraint', 'pg_extension', 'pg_namespace')
    """,
)

_PARTS = {str(part): part for part in Part}

# (catalog, OID) -> the object it stands for in the snapshot.
Objects = Mapping[tuple[str, int], ObjectName]


def dependencies(
    rows: Iterable[DependencyRow], objects: Objects, columns: Mapping[int, Mapping[int, Column]]
) -> tuple[Dependency, ...]:
    """The edges between objects of the snapshot, sorted; what an object needs of itself is no edge.

    Args:
        rows: What was read.
        objects: The objects of the snapshot.
        columns: The columns of each relation, by its OID and their numbers.
    """
    found: dict[str, Dependency] = {}
    keys: dict[int, str] = {}

    def key(name: ObjectName) -> str:
        # Texts are compared far faster than names; NUL, which no name holds, comes before everything else.
        known = keys.get(id(name))
        if known is None:
            known = keys[id(name)] = "\0".join(msgspec.structs.astuple(name))
        return known

    for part, of_part, class_, oid, referenced_class, referenced_oid, number in rows:
        dependent = objects.get((class_, oid))
        if dependent is None:
            continue
        referenced = objects.get((referenced_class, referenced_oid))
        if referenced is None or dependent is referenced or dependent == referenced:
            continue
        column = columns.get(oid, {}).get(number) if number else None
        part_name = column.name if column is not None else of_part
        found[f"{key(dependent)}\0{part}\0{part_name}\0{key(referenced)}"] = Dependency(
            dependent=dependent, part=_PARTS[part], part_name=part_name, referenced=referenced
        )
    return tuple([edge for _, edge in sorted(found.items(), key=itemgetter(0))])
