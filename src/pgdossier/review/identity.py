"""What logical replication can tell the rows of a table by."""

from __future__ import annotations

from pgdossier.model.indexes import Index
from pgdossier.model.relations import Relation, ReplicaIdentity


def usable(relation: Relation) -> Index | None:
    """The index that can be the replica identity: the primary key's, else the smallest that fits.

    It has to be unique over columns that are declared NOT NULL, whole, valid and checked at once.
    """
    keys = [key for key in (relation.primary_key, *relation.unique_keys) if key is not None]
    deferrable = {key.name for key in keys if key.deferrable}
    required = {column.name for column in relation.columns if not column.nullable}
    fitting = [
        index
        for index in relation.indexes
        if index.unique
        and index.valid
        and index.predicate is None
        and index.constraint not in deferrable
        and all(key.column in required for key in index.keys)
    ]
    return min(fitting, key=lambda one: (not one.primary, len(one.keys), one.name), default=None)


def missing(relation: Relation) -> bool:
    """Whether published updates and deletions of the table's rows fail."""
    match relation.replica_identity:
        case ReplicaIdentity.FULL | ReplicaIdentity.UNKNOWN:
            return False
        case ReplicaIdentity.INDEX:
            return not any(index.replica_identity and index.valid for index in relation.indexes)
        case ReplicaIdentity.DEFAULT:
            return relation.primary_key is None or relation.primary_key.deferrable
        case _:
            return True
