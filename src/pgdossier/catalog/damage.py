"""Catalogs that contradict themselves: rows whose counterpart is missing.

That happens after a crash of the storage, a failed pg_upgrade, or when somebody wrote into the catalogs. Most
of it hinders nobody who reads, but what is missing would be told as if it had never been: so it is a gap.

The server is asked for what no other query shows (`QUERY`). What shows in the rows that are read anyway is
found there (`in_rows`), and the relations that these name without their having been read are looked up
(`Doubts`, `MISSING`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pgdossier.catalog.query import Query

if TYPE_CHECKING:
    from pgdossier.catalog.assemble import Rows
    from pgdossier.catalog.constraints import ConstraintRow, NotNullRow
    from pgdossier.catalog.dependencies import DependencyRow
    from pgdossier.catalog.indexes import IndexRow
    from pgdossier.catalog.relations import RelationRow
    from pgdossier.catalog.sequences import SequenceRow


class DamageRow(NamedTuple):
    """Something that is missing, and the family that it would belong to."""

    family: str
    reason: str


# What has an OID below 16384 came with the server.
_NAME = "n.nspname::pg_catalog.text || '.' || c.relname::pg_catalog.text"


def _lone(family: str, what: str, catalog: str, name: str, column: str, other: str) -> str:
    """Rows of a catalog that refer to nothing."""
    return f"""
    SELECT '{family}', '{what} ' || x.{name}::pg_catalog.text || ' belongs to something that {other} lacks'
      FROM pg_catalog.{catalog} x
     WHERE x.{column} >= 16384
       AND NOT EXISTS (SELECT FROM pg_catalog.{other} o WHERE o.oid = x.{column})"""


def _of_relation(family: str, what: str, catalog: str, name: str, column: str, also: str = "") -> str:
    """Rows of a catalog that refer to a relation."""
    return f"""
            SELECT '{family}'::pg_catalog.text AS family,
                   '{what} ' || x.{name}::pg_catalog.text AS what, x.{column} AS relation
              FROM pg_catalog.{catalog} x
             WHERE x.{column} >= 16384{also}"""


_OF_RELATIONS = "\n             UNION ALL".join(
    (
        _of_relation("triggers", "trigger", "pg_trigger", "tgname", "tgrelid", " AND NOT x.tgisinternal"),
        _of_relation("policies", "policy", "pg_policy", "polname", "polrelid"),
        _of_relation("rules", "rule", "pg_rewrite", "rulename", "ev_class"),
        _of_relation("extended statistics", "statistics", "pg_statistic_ext", "stxname", "stxrelid"),
        _of_relation("relations", "partition or child", "pg_inherits", "inhrelid", "inhparent"),
    )
)

# `relnatts` and `atthasdef` are kept exactly: all columns and all defaults are counted before single ones are
# looked at.
QUERY = Query(
    family="damage",
    row=DamageRow,
    sql="\n     UNION ALL".join(
        (
            f"""
      WITH k AS MATERIALIZED (
            SELECT pg_catalog.count(*) FILTER (WHERE s.attnum > 0) AS columns,
                   pg_catalog.count(*) FILTER (WHERE s.atthasdef) AS defaults,
                   pg_catalog.sum(s.attrelid::pg_catalog.int8 * 2048 + s.attnum) FILTER (WHERE s.atthasdef)
                       AS places
              FROM pg_catalog.pg_attribute s
           )
    SELECT 'columns' AS family,
           'the default of ' || {_NAME} || '.' || a.attname::pg_catalog.text || ' is missing in pg_attrdef'
               AS reason
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE a.atthasdef
       AND c.relnamespace = ANY (%(namespaces)s)
       AND (SELECT (k.defaults, k.places) FROM k) IS DISTINCT FROM
           (SELECT (pg_catalog.count(*),
                    pg_catalog.sum(s.adrelid::pg_catalog.int8 * 2048 + s.adnum))
              FROM pg_catalog.pg_attrdef s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)""",
            f"""
    SELECT 'columns', {_NAME} || ' lacks columns in pg_attribute'
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN (SELECT a.attrelid, pg_catalog.count(*) AS found
                   FROM pg_catalog.pg_attribute a WHERE a.attnum > 0 GROUP BY a.attrelid) f
        ON f.attrelid = c.oid
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND (SELECT pg_catalog.sum(s.relnatts) FROM pg_catalog.pg_class s) > (SELECT k.columns FROM k)
       AND COALESCE(f.found, 0) < c.relnatts""",
            f"""
    SELECT CASE WHEN c.relkind IN ('i', 'I') THEN 'indexes'
                WHEN c.relkind = 'S' THEN 'sequences' ELSE 'relations' END,
           {_NAME} || ' lacks '
           || CASE WHEN c.relkind IN ('i', 'I') THEN 'what it indexes in pg_index'
                   WHEN c.relkind = 'S' THEN 'its bounds in pg_sequence'
                   WHEN c.relkind = 'p' THEN 'how it is partitioned in pg_partitioned_table'
                   ELSE 'its query in pg_rewrite' END
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('i', 'I', 'S', 'p', 'v', 'm')
       AND c.relnamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM (SELECT i.indexrelid FROM pg_catalog.pg_index i
                          UNION ALL SELECT s.seqrelid FROM pg_catalog.pg_sequence s
                          UNION ALL SELECT p.partrelid FROM pg_catalog.pg_partitioned_table p
                          UNION ALL SELECT r.ev_class FROM pg_catalog.pg_rewrite r WHERE r.ev_type = '1'
                         ) o (oid)
             WHERE o.oid = c.oid)""",
            """
    SELECT 'relations', x.relname::pg_catalog.text || ' is in a schema that pg_namespace lacks'
      FROM pg_catalog.pg_class x
     WHERE x.relnamespace >= 16384
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace o WHERE o.oid = x.relnamespace)""",
            """
    SELECT 'dependencies', 'pg_depend lacks what constraint ' || x.conname::pg_catalog.text || ' needs'
      FROM pg_catalog.pg_constraint x
     WHERE x.connamespace = ANY (%(namespaces)s)
       AND x.contype <> 'n'
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
             WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid = x.oid)""",
            f"""
    SELECT x.family, x.what || ' belongs to something that pg_class lacks'
      FROM ({_OF_RELATIONS}
           ) x
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class o WHERE o.oid = x.relation)""",
            _lone("triggers", "trigger", "pg_trigger", "tgname", "tgfoid", "pg_proc"),
            _lone("relations", "relation", "pg_class", "relname", "relam", "pg_am"),
            _lone("routines", "routine", "pg_proc", "proname", "prolang", "pg_language"),
            _lone("types", "type", "pg_type", "typname", "typelem", "pg_type"),
        )
    ),
)


class MissingRow(NamedTuple):
    """The OID of a relation that is not there."""

    oid: int


MISSING = Query(
    family="damage",
    row=MissingRow,
    sql="""
    SELECT o.oid AS oid
      FROM pg_catalog.unnest(%(oids)s::pg_catalog.oid[]) AS o (oid)
      LEFT JOIN pg_catalog.pg_class c ON c.oid = o.oid
     WHERE c.oid IS NULL
    """,
)


def in_rows(rows: Rows) -> Iterator[DamageRow]:
    """What the rows themselves show to be missing."""
    complete = not rows.gaps.of("constraints")
    lost = "constraint {} belongs to something that pg_class lacks"
    yield from (DamageRow("constraints", lost.format(row.name)) for row in rows.constraints if row.lost)
    keys = [row.relation for row in rows.indexes if row.primary and row.constraint is None]
    checks = Counter(row.relation for row in rows.constraints if row.type == "c")
    fewer = [row.oid for row in rows.relations if row.checks > checks[row.oid]]
    if not (complete and (keys or fewer)):
        return
    names = {row.oid: f"{row.schema}.{row.name}" for row in rows.relations}
    for oid in keys:
        reason = f"the key of {names.get(oid, oid)} lacks its constraint in pg_constraint"
        yield DamageRow("constraints", reason)
    for oid in fewer:
        yield DamageRow("constraints", f"{names[oid]} lacks CHECK constraints in pg_constraint")


class Doubts:
    """What would be missing if a relation were: rows name it, but it was not read itself.

    Args:
        relations: The relations that were read.

    Attributes:
        found: What would be missing, by the relation's OID.
    """

    def __init__(self, relations: Iterable[RelationRow]) -> None:
        self._known = {0} | {row.oid for row in relations}
        self.found: dict[int, set[DamageRow]] = defaultdict(set)

    def constraints(self, rows: Iterable[ConstraintRow | NotNullRow]) -> None:
        """Looks at what constraints belong to."""
        for row in rows:
            if row.relation not in self._known:
                reason = f"constraint {row.name} belongs to something that pg_class lacks"
                self.found[row.relation].add(DamageRow("constraints", reason))

    def indexes(self, rows: Iterable[IndexRow]) -> None:
        """Looks at what indexes belong to."""
        for row in rows:
            if row.relation not in self._known:
                reason = f"index on relation {row.relation} belongs to something that pg_class lacks"
                self.found[row.relation].add(DamageRow("indexes", reason))

    def dependencies(self, rows: Iterable[DependencyRow], sequences: Iterable[SequenceRow]) -> None:
        """Looks at what objects depend on."""
        known = self._known | {row.oid for row in sequences}
        for row in rows:
            if row.referenced_class == "pg_class" and row.referenced_oid not in known:
                self.found[row.referenced_oid].add(
                    DamageRow("dependencies", "pg_depend knows of something that pg_class lacks")
                )
