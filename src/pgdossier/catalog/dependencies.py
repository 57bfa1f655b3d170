"""What needs what (pg_depend), as far as it is not in the model elsewhere (foreign keys, ownership)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pgdossier.catalog.query import Query
from pgdossier.model.dependencies import Dependency, ObjectName, Part


class DependencyRow(NamedTuple):
    """One edge; the classes are names of catalogs, array types are already their element types."""

    part: str
    part_name: str
    class_: str
    oid: int
    referenced_class: str
    referenced_oid: int


# One branch for each catalog whose rows depend on something: it says whose part they are. Only normal and
# automatic dependencies count; internal ones tie the pieces of one object together. Partitions' clones of
# triggers are left out: their parents' say the same.
# A function is said to depend on a transform, before PostgreSQL 18, when its type had one at the time, used
# or not: only those that it uses count. Members of operator families are parts of a class or family.
QUERY = Query(
    family="dependencies",
    row=DependencyRow,
    sql="""
    SELECT DISTINCT
           x.part AS part,
           x.part_name AS part_name,
           x.class AS class_,
           x.oid AS oid,
           CASE WHEN COALESCE(e.typrelid, t.typrelid) <> 0 THEN 'pg_class' ELSE k.relname
           END AS referenced_class,
           CASE WHEN x.refclassid <> 'pg_catalog.pg_type'::pg_catalog.regclass THEN x.refobjid
                ELSE COALESCE(NULLIF(COALESCE(e.typrelid, t.typrelid), 0::pg_catalog.oid), e.oid, t.oid)
           END AS referenced_oid
      FROM (
            SELECT 'definition'::pg_catalog.text AS part, ''::pg_catalog.text AS part_name,
                   'pg_class'::pg_catalog.text AS class, r.ev_class AS oid,
                   d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.rulename = '_RETURN'
              JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
             WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND c.relnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT CASE WHEN a.attname IS NULL THEN 'definition' ELSE 'column' END, COALESCE(a.attname, ''),
                   'pg_class', c.oid, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind NOT IN ('i', 'I', 'S', 't')
              LEFT JOIN pg_catalog.pg_attribute a
                ON a.attrelid = c.oid AND a.attnum = d.objsubid AND a.attnum > 0
             WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND c.relnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'default', a.attname, 'pg_class', ad.adrelid, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_attrdef ad ON ad.oid = d.objid
              JOIN pg_catalog.pg_class c ON c.oid = ad.adrelid
              JOIN pg_catalog.pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
             WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid <> ad.adrelid
               AND c.relnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'constraint', con.conname,
                   CASE WHEN con.conrelid <> 0 THEN 'pg_class' ELSE 'pg_type' END,
                   CASE WHEN con.conrelid <> 0 THEN con.conrelid ELSE con.contypid END,
                   d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_constraint con ON con.oid = d.objid AND con.contype = 'c'
             WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid NOT IN (con.conrelid, con.contypid)
               AND con.connamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'index', c.relname, 'pg_class', i.indrelid, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_index i ON i.indexrelid = d.objid
              JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
             WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
               AND d.refclassid <> 'pg_catalog.pg_class'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND c.relnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'trigger', t.tgname, 'pg_class', t.tgrelid, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_trigger t ON t.oid = d.objid AND NOT t.tgisinternal AND t.tgparentid = 0
              JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
             WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid <> t.tgrelid
               AND c.relnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'rule', r.rulename, 'pg_class', r.ev_class, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.rulename <> '_RETURN'
              JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
             WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid <> r.ev_class
               AND c.relnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'statistics', s.stxname, 'pg_class', s.stxrelid, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_statistic_ext s ON s.oid = d.objid
             WHERE d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid <> s.stxrelid
               AND s.stxnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'policy', p.polname, 'pg_class', p.polrelid, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_policy p ON p.oid = d.objid
              JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
             WHERE d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND d.refobjid <> p.polrelid
               AND c.relnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT CASE WHEN t.typtype = 'd' AND d.refclassid NOT IN (
                                 d.classid, 'pg_catalog.pg_collation'::pg_catalog.regclass) THEN 'default'
                        ELSE 'definition' END,
                   '', 'pg_type', t.oid, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_type t ON t.oid = d.objid AND t.typtype IN ('b', 'd', 'r')
             WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND t.typnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT CASE WHEN p.prokind = 'a'
                          OR d.refclassid IN ('pg_catalog.pg_language'::pg_catalog.regclass,
                                              'pg_catalog.pg_transform'::pg_catalog.regclass)
                          OR (d.refclassid = d.classid AND d.refobjid = p.prosupport)
                          OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
                              AND d.refobjid = ANY (p.proargtypes::pg_catalog.oid[] || p.prorettype
                                                    || COALESCE(p.proallargtypes, '{}')))
                        THEN 'definition' ELSE 'body' END,
                   '', 'pg_proc', p.oid, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_proc p ON p.oid = d.objid
              LEFT JOIN pg_catalog.pg_transform r
                ON r.oid = d.refobjid AND d.refclassid = 'pg_catalog.pg_transform'::pg_catalog.regclass
             WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
               AND d.deptype IN ('n', 'a')
               AND p.pronamespace = ANY (%(namespaces)s)
               AND (r.oid IS NULL OR r.trftype = ANY (p.protrftypes))
            UNION ALL
            SELECT 'definition', '', dk.relname, d.objid, d.refclassid, d.refobjid
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_class dk ON dk.oid = d.classid
             WHERE dk.oid IN ('pg_catalog.pg_ts_parser'::pg_catalog.regclass,
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
                   COALESCE(c.refobjid, m.family), d.refclassid, d.refobjid
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
      JOIN pg_catalog.pg_class k ON k.oid = x.refclassid
      LEFT JOIN pg_catalog.pg_type t
        ON x.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = x.refobjid
      LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid
     WHERE k.relname NOT IN ('pg_constraint', 'pg_extension', 'pg_namespace')
    """,
)

# (catalog, OID) -> the object it stands for in the snapshot.
Objects = Mapping[tuple[str, int], ObjectName]


def dependencies(rows: Iterable[DependencyRow], objects: Objects) -> tuple[Dependency, ...]:
    """The edges between objects of the snapshot, sorted; what an object needs of itself is no edge."""
    found = set()
    for row in rows:
        dependent = objects.get((row.class_, row.oid))
        referenced = objects.get((row.referenced_class, row.referenced_oid))
        if dependent is not None and referenced is not None and dependent != referenced:
            found.add((dependent, Part(row.part), row.part_name, referenced))
    return tuple(
        Dependency(dependent=dependent, part=part, part_name=part_name, referenced=referenced)
        for dependent, part, part_name, referenced in sorted(found)
    )
