"""Catalogs that contradict themselves: rows whose counterpart is missing.

That happens after a crash of the storage, a failed pg_upgrade, or when somebody wrote into the catalogs. Most
of it hinders nobody who reads, but what is missing would be told as if it had never been: so it is a gap.
"""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.query import Query


class DamageRow(NamedTuple):
    """Something that is missing, and the family that it would belong to."""

    family: str
    reason: str


# What has an OID below 16384 came with the server. `relchecks` and `relnatts` are kept exactly.
_USERS = "c.relnamespace = ANY (%(namespaces)s)"
_NAME = "n.nspname::pg_catalog.text || '.' || c.relname::pg_catalog.text"


def _lone(family: str, what: str, catalog: str, name: str, column: str, other: str = "pg_class") -> str:
    """Rows of a catalog that refer to nothing."""
    return f"""
    SELECT '{family}', '{what} ' || x.{name}::pg_catalog.text || ' belongs to something that {other} lacks'
      FROM pg_catalog.{catalog} x
     WHERE x.{column} >= 16384
       AND NOT EXISTS (SELECT FROM pg_catalog.{other} o WHERE o.oid = x.{column})"""


def _lacking(family: str, what: str, kinds: str, catalog: str, column: str, also: str = "") -> str:
    """Relations that need a row in a catalog."""
    return f"""
    SELECT '{family}', {_NAME} || ' lacks {what} in {catalog}'
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ({kinds})
       AND {_USERS}
       AND NOT EXISTS (SELECT FROM pg_catalog.{catalog} o WHERE o.{column} = c.oid{also})"""


QUERY = Query(
    family="damage",
    row=DamageRow,
    sql="\n     UNION ALL".join(
        (
            f"""
    SELECT 'columns' AS family,
           'the default of ' || {_NAME} || '.' || a.attname::pg_catalog.text || ' is missing in pg_attrdef'
               AS reason
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE a.atthasdef
       AND {_USERS}
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)""",
            f"""
    SELECT 'columns', {_NAME} || ' lacks columns in pg_attribute'
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN (SELECT a.attrelid, pg_catalog.count(*) AS found
                   FROM pg_catalog.pg_attribute a WHERE a.attnum > 0 GROUP BY a.attrelid) k
        ON k.attrelid = c.oid
     WHERE {_USERS}
       AND (SELECT pg_catalog.sum(s.relnatts) FROM pg_catalog.pg_class s)
           > (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute s WHERE s.attnum > 0)
       AND COALESCE(k.found, 0) < c.relnatts""",
            f"""
    SELECT 'constraints', {_NAME} || ' lacks CHECK constraints in pg_constraint'
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN (SELECT x.conrelid, pg_catalog.count(*) AS found
                   FROM pg_catalog.pg_constraint x WHERE x.contype = 'c' GROUP BY x.conrelid) k
        ON k.conrelid = c.oid
     WHERE c.relchecks > COALESCE(k.found, 0)
       AND {_USERS}""",
            f"""
    SELECT 'constraints', 'the key of ' || {_NAME} || ' lacks its constraint in pg_constraint'
      FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE i.indisprimary
       AND {_USERS}
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
                        WHERE k.conindid = i.indexrelid AND k.contype = 'p')""",
            f"""
    SELECT 'columns', {_NAME} || '.' || a.attname::pg_catalog.text || ' has a type that pg_type lacks'
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE a.atttypid >= 16384
       AND {_USERS}
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid)""",
            """
    SELECT 'relations', x.relname::pg_catalog.text || ' is in a schema that pg_namespace lacks'
      FROM pg_catalog.pg_class x
     WHERE x.relnamespace >= 16384
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace o WHERE o.oid = x.relnamespace)""",
            """
    SELECT 'dependencies', 'pg_depend lacks what constraint ' || x.conname::pg_catalog.text || ' needs'
      FROM pg_catalog.pg_constraint x
     WHERE x.connamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
             WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid = x.oid)""",
            """
    SELECT 'dependencies', 'pg_depend knows of something that pg_class lacks'
      FROM pg_catalog.pg_depend x
     WHERE x.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND x.refobjid >= 16384
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_class o WHERE o.oid = x.refobjid)""",
            _lone("constraints", "constraint", "pg_constraint", "conname", "conrelid"),
            _lone("constraints", "constraint", "pg_constraint", "conname", "confrelid"),
            _lone("constraints", "constraint", "pg_constraint", "conname", "conindid"),
            _lone("triggers", "trigger", "pg_trigger", "tgname", "tgrelid"),
            _lone("triggers", "trigger", "pg_trigger", "tgname", "tgfoid", "pg_proc"),
            _lone("policies", "policy", "pg_policy", "polname", "polrelid"),
            _lone("rules", "rule", "pg_rewrite", "rulename", "ev_class"),
            _lone("extended statistics", "statistics", "pg_statistic_ext", "stxname", "stxrelid"),
            _lone("relations", "partition or child", "pg_inherits", "inhrelid", "inhparent"),
            _lone("routines", "routine", "pg_proc", "proname", "prolang", "pg_language"),
            _lone("types", "type", "pg_type", "typname", "typelem", "pg_type"),
            _lone("relations", "relation", "pg_class", "relname", "relam", "pg_am"),
            _lone("indexes", "index on relation", "pg_index", "indrelid", "indrelid"),
            _lacking("indexes", "what it indexes", "'i', 'I'", "pg_index", "indexrelid"),
            _lacking("relations", "its query", "'v', 'm'", "pg_rewrite", "ev_class", " AND o.ev_type = '1'"),
            _lacking("relations", "how it is partitioned", "'p'", "pg_partitioned_table", "partrelid"),
            _lacking("sequences", "its bounds", "'S'", "pg_sequence", "seqrelid"),
        )
    ),
)
