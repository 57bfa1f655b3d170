"""Relations: tables, partitioned tables, views, materialized views, foreign tables (pg_class)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import NamedTuple

from pgdossier.catalog import foreign_options
from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.columns import qualified
from pgdossier.catalog.query import Query, Since, picking
from pgdossier.model.columns import Column
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import (
    ForeignSource,
    Partition,
    Partitioning,
    PartitionStrategy,
    Persistence,
    Relation,
    RelationKind,
    ReplicaIdentity,
)


class RelationRow(NamedTuple):
    """One relation without what hangs on it; `rows` is None when it was never analysed."""

    oid: int
    schema: str
    name: str
    kind: str
    owner: str
    comment: str | None
    row_security: bool
    force_row_security: bool
    is_partition: bool
    populated: bool
    persistence: str
    replica_identity: str
    access_method: str | None
    tablespace: str | None
    options: list[str] | None
    toast_options: list[str] | None
    definition: str | None
    bound: str | None
    strategy: str | None
    partition_key: str | None
    partition_attributes: list[int] | None
    foreign_server: str | None
    foreign_options: list[list[str | None]] | None
    type_schema: str | None
    type_name: str | None
    parent_schemas: list[str] | None
    parent_names: list[str] | None
    rows: float | None
    pages: int
    toast_pages: int
    checks: int


# Everything of pg_class that is not an index, a sequence, a TOAST table or a composite type, so that a kind
# that a future version adds is seen and reported.
QUERY = Query(
    family="relations",
    row=RelationRow,
    sql="""
    SELECT c.oid AS oid,
           n.nspname AS schema,
           c.relname AS name,
           c.relkind AS kind,
           pg_catalog.pg_get_userbyid(c.relowner) AS owner,
           d.description AS comment,
           c.relrowsecurity AS row_security,
           c.relforcerowsecurity AS force_row_security,
           c.relispartition AS is_partition,
           c.relispopulated AS populated,
           c.relpersistence AS persistence,
           c.relreplident AS replica_identity,
           am.amname AS access_method,
           ts.spcname AS tablespace,
           c.reloptions AS options,
           tc.reloptions AS toast_options,
           CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END AS definition,
           pg_catalog.pg_get_expr(c.relpartbound, 0) AS bound,
           pt.partstrat AS strategy,
           CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
           pt.partattrs::pg_catalog.int2[] AS partition_attributes,
           fs.srvname AS foreign_server,
           fo.options AS foreign_options,
           tn.nspname AS type_schema,
           t.typname AS type_name,
           i.parent_schemas AS parent_schemas,
           i.parent_names AS parent_names,
           CASE WHEN {analysed} THEN c.reltuples END AS rows,
           c.relpages AS pages,
           COALESCE(tc.relpages, 0) + COALESCE(ti.relpages, 0) AS toast_pages,
           c.relchecks AS checks
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0
      LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
      LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
      LEFT JOIN pg_catalog.pg_class tc ON tc.oid = c.reltoastrelid AND tc.relkind = 't'
      LEFT JOIN pg_catalog.pg_index x ON x.indrelid = tc.oid AND x.indisvalid
      LEFT JOIN pg_catalog.pg_class ti ON ti.oid = x.indexrelid AND ti.relkind = 'i'
      LEFT JOIN pg_catalog.pg_partitioned_table pt ON pt.partrelid = c.oid
      LEFT JOIN pg_catalog.pg_foreign_table ft ON ft.ftrelid = c.oid
      LEFT JOIN {options} fo ON fo.ftrelid = c.oid
      LEFT JOIN pg_catalog.pg_foreign_server fs ON fs.oid = ft.ftserver
      LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reloftype
      LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
      LEFT JOIN (
            SELECT h.inhrelid AS child,
                   pg_catalog.array_agg(pn.nspname ORDER BY h.inhseqno) AS parent_schemas,
                   pg_catalog.array_agg(p.relname ORDER BY h.inhseqno) AS parent_names
              FROM pg_catalog.pg_inherits h
              JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
              JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
             GROUP BY h.inhrelid
           ) i ON i.child = c.oid
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND c.relkind NOT IN ('i', 'I', 'S', 't', 'c')
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = c.oid AND m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
               AND m.deptype = 'e'
               AND m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass)
    """,
    fragments={
        # Before PostgreSQL 14 a relation that was never analysed has 0 rows on 0 pages, from 14 on it has -1.
        "analysed": (Since(13, "c.reltuples > 0 OR c.relpages > 0"), Since(14, "c.reltuples >= 0")),
        "options": (
            Since(
                0,
                foreign_options.readable_options(
                    "pg_catalog.pg_foreign_table ft", "ft.ftrelid", "ft.ftoptions"
                ),
            ),
        ),
    },
)

KINDS = Codes(
    column="pg_class.relkind",
    family="relations",
    meanings={
        "r": RelationKind.TABLE,
        "p": RelationKind.PARTITIONED_TABLE,
        "v": RelationKind.VIEW,
        "m": RelationKind.MATERIALIZED_VIEW,
        "f": RelationKind.FOREIGN_TABLE,
    },
    unknown=RelationKind.UNKNOWN,
)
PERSISTENCES = Codes(
    column="pg_class.relpersistence",
    family="relations",
    meanings={"p": Persistence.PERMANENT, "u": Persistence.UNLOGGED, "t": Persistence.TEMPORARY},
    unknown=Persistence.UNKNOWN,
)
REPLICA_IDENTITIES = Codes(
    column="pg_class.relreplident",
    family="relations",
    meanings={
        "d": ReplicaIdentity.DEFAULT,
        "n": ReplicaIdentity.NOTHING,
        "f": ReplicaIdentity.FULL,
        "i": ReplicaIdentity.INDEX,
    },
    unknown=ReplicaIdentity.UNKNOWN,
)
STRATEGIES = Codes(
    column="pg_partitioned_table.partstrat",
    family="relations",
    meanings={"r": PartitionStrategy.RANGE, "l": PartitionStrategy.LIST, "h": PartitionStrategy.HASH},
    unknown=PartitionStrategy.UNKNOWN,
)


class Relations:
    """Makes relations of rows, without what hangs on them.

    Tables of one owner mostly differ in nothing but that: they are one object until it is added.
    """

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps
        self._made: dict[Hashable, Relation] = {}

    def relation(self, row: RelationRow, columns: Mapping[int, Column]) -> Relation:
        """The relation of a row, without a name; `columns` are its own, by number."""
        if any(_RARE(row)):
            return self._relation(row, columns)
        signature = _USUAL(row)
        found = self._made.get(signature)
        if found is None:
            found = self._made[signature] = self._relation(row, columns)
        return found

    def _relation(self, row: RelationRow, columns: Mapping[int, Column]) -> Relation:
        gaps = self._gaps
        part = partition(row)
        return Relation(
            schema="",
            name="",
            kind=KINDS.read(row.kind, gaps),
            owner=row.owner,
            row_security=row.row_security,
            force_row_security=row.force_row_security,
            inherits=() if part else parents(row),
            partitioning=partitioning(row, columns, gaps),
            partition=part,
            definition=row.definition.removesuffix(";") if row.definition is not None else None,
            populated=row.populated,
            foreign_source=foreign_source(row),
            of_type=qualified(row.type_schema, row.type_name),
            persistence=PERSISTENCES.read(row.persistence, gaps),
            replica_identity=replica_identity(row, gaps),
            access_method=row.access_method if row.access_method != "heap" else None,
            tablespace=row.tablespace,
            options=options(row),
        )


_USUAL = picking(
    RelationRow,
    "kind",
    "owner",
    "row_security",
    "force_row_security",
    "populated",
    "persistence",
    "replica_identity",
    "access_method",
    "tablespace",
)
_RARE = picking(
    RelationRow,
    "options",
    "toast_options",
    "definition",
    "strategy",
    "foreign_server",
    "type_name",
    "parent_names",
)


def parents(row: RelationRow) -> tuple[QualifiedName, ...]:
    """The tables that a relation inherits from or is a partition of, in their order."""
    return tuple(map(QualifiedName, row.parent_schemas or (), row.parent_names or ()))


def partition(row: RelationRow) -> Partition | None:
    """What the relation is a partition of."""
    above = parents(row)
    if not (row.is_partition and above):
        return None
    return Partition(parent=above[0], bound=row.bound or "")


def partitioning(row: RelationRow, columns: Mapping[int, Column], gaps: Gaps) -> Partitioning | None:
    """How a partitioned table is divided; `columns` are its own, by number."""
    if row.strategy is None:
        return None
    key = row.partition_key or ""
    return Partitioning(
        strategy=STRATEGIES.read(row.strategy, gaps),
        key=key[key.find("(") + 1 : -1],
        columns=tuple(columns[number].name for number in row.partition_attributes or () if number in columns),
    )


def foreign_source(row: RelationRow) -> ForeignSource | None:
    """Where the rows of a foreign table come from."""
    if row.foreign_server is None:
        return None
    return ForeignSource(server=row.foreign_server, options=foreign_options.options(row.foreign_options))


def replica_identity(row: RelationRow, gaps: Gaps) -> ReplicaIdentity:
    """What replication identifies old rows by; views and foreign tables have none to choose."""
    if row.kind in ("v", "f"):
        return ReplicaIdentity.DEFAULT
    return REPLICA_IDENTITIES.read(row.replica_identity, gaps)


def options(row: RelationRow) -> tuple[str, ...]:
    """Storage parameters, those of the TOAST table with `toast.` before them, as CREATE TABLE takes them."""
    return (*(row.options or ()), *(f"toast.{option}" for option in row.toast_options or ()))
