"""CREATE INDEX, and what is said of indexes afterwards."""

from __future__ import annotations

import re

from pgdossier.ddl.expressions import note
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.relations import Relation, RelationKind, ReplicaIdentity

_ONLY = re.compile(r'(CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")*"|[^\s"]+) ON )ONLY ')


def create_index(relation: Relation, index: Index, *, only: bool) -> list[str]:
    """An index that backs no constraint.

    Args:
        relation: The index's table.
        index: The index.
        only: For a partitioned table: whether the index is made without those of the partitions (they
            are then attached), as the server prints it, or with them.
    """
    if is_left_out(relation, index):
        return [note(f"index {index.name} is invalid (an interrupted CREATE INDEX CONCURRENTLY): left out")]
    text = index.definition
    if not only and " ONLY " in text:
        text = _ONLY.sub(r"\1", text, count=1)
    return [f"{text};"]


def is_left_out(relation: Relation, index: Index) -> bool:
    """Whether an index is what an interrupted CREATE INDEX CONCURRENTLY left behind.

    An invalid index of a partitioned table is another thing: some partition has no index attached to it.
    """
    return not index.valid and relation.kind is not RelationKind.PARTITIONED_TABLE


def index_tablespace(relation: Relation, index: Index) -> list[str]:
    """Where an index is kept, when that is not the database's own tablespace; keys say it themselves."""
    if index.tablespace is None or index.constraint:
        return []
    name = index_name(relation, index).sql
    return [f"ALTER INDEX {name} SET TABLESPACE {quote_identifier(index.tablespace)};"]


def index_statistics(relation: Relation, index: Index) -> list[str]:
    """The statistics targets of an index's expressions."""
    if not index.statistics_targets:
        return []
    name = index_name(relation, index).sql
    return [
        f"ALTER INDEX {name} ALTER COLUMN {position} SET STATISTICS {target};"
        for position, target in index.statistics_targets
    ]


def attach_index(relation: Relation, index: Index) -> list[str]:
    """What makes an index of a partition part of the partitioned table's index."""
    if index.parent is None:
        return []
    return [f"ALTER INDEX {index.parent.sql} ATTACH PARTITION {index_name(relation, index).sql};"]


def index_marks(relation: Relation, *, copies: bool = True) -> list[str]:
    """The index that the table is clustered on, and what replication identifies its rows by.

    Args:
        relation: The table.
        copies: Whether a mark on an index that a partition has for its parent's is wanted.
    """
    indexes = [index for index in relation.indexes if copies or index.parent is None]
    statements = [
        f"ALTER TABLE {relation.qualified.sql} CLUSTER ON {quote_identifier(index.name)};"
        for index in indexes
        if index.clustered
    ]
    for index in indexes:
        if index.replica_identity and relation.replica_identity is ReplicaIdentity.INDEX:
            identity = f"REPLICA IDENTITY USING INDEX {quote_identifier(index.name)}"
            statements.append(f"ALTER TABLE ONLY {relation.qualified.sql} {identity};")
    full_or_nothing = relation.replica_identity in (ReplicaIdentity.FULL, ReplicaIdentity.NOTHING)
    # The catalogs say "nothing" of views and foreign tables, which cannot be told to be otherwise.
    if full_or_nothing and relation.kind in (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE):
        identity = f"REPLICA IDENTITY {relation.replica_identity.upper()}"
        statements.append(f"ALTER TABLE ONLY {relation.qualified.sql} {identity};")
    return statements


def index_name(relation: Relation, index: Index) -> QualifiedName:
    """The index's qualified name: it is in its table's schema."""
    return QualifiedName(relation.schema, index.name)
